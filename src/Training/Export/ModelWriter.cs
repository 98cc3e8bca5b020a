using System.Runtime.InteropServices;
using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Models;
using KernelFoundry.Inference.Tokenizers.Files;
using KernelFoundry.Training.Model;

namespace KernelFoundry.Training.Export;

/// <summary>Writes models and adapters as GGUF, in 32-bit floats.</summary>
internal static class ModelWriter
{
    /// <summary>Writes a model.</summary>
    /// <param name="stream">Where to; it must know its position.</param>
    /// <param name="description">What the file says of the model.</param>
    /// <param name="layout">Its tensors.</param>
    /// <param name="values">Their elements.</param>
    public static void WriteModel(Stream stream, ModelDescription description, ParameterLayout layout, float[] values)
    {
        var writer = new GgufWriter();
        ModelConfiguration model = description.Model;
        string Key(string key) => $"{model.Architecture.Name}.{key}";
        if (description.Base is { } original)
            writer.Copy(original.Metadata);
        else
            GgufTokenizerWriter.Write(description.Tokenizer, writer);
        writer.Set("general.architecture", model.Architecture.Name);
        writer.Set("general.name", description.Name);
        writer.Set("general.file_type", 0u);
        writer.Set(Key("context_length"), (uint)model.ContextLength);
        writer.Set(Key("embedding_length"), (uint)model.EmbeddingLength);
        writer.Set(Key("block_count"), (uint)model.Layers);
        writer.Set(Key("feed_forward_length"), (uint)model.FeedForwardLength);
        writer.Set(Key("attention.head_count"), (uint)model.Heads);
        writer.Set(Key("attention.head_count_kv"), (uint)model.KeyValueHeads);
        writer.Set(Key("rope.dimension_count"), (uint)model.RotaryDims);
        writer.Set(Key("rope.freq_base"), model.RotaryBase);
        writer.Set(Key(model.Architecture.NormEpsilonKey), model.NormEpsilon);
        writer.Set(Key("vocab_size"), (uint)model.VocabularySize);
        if (description.ChatTemplate is { } template)
            writer.Set("tokenizer.chat_template", template);
        WriteTensors(stream, writer, layout, values);
    }

    /// <summary>Writes adapters, as llama.cpp has them: tensors <c>NAME.lora_a</c>, [rank, columns], and <c>NAME.lora_b</c>, [rows, rank].</summary>
    /// <param name="stream">Where to; it must know its position.</param>
    /// <param name="architecture">The architecture of the model they are for.</param>
    /// <param name="alpha">What their product is scaled by, over the rank.</param>
    /// <param name="layout">Their tensors.</param>
    /// <param name="values">Their elements.</param>
    public static void WriteAdapter(Stream stream, string architecture, float alpha, ParameterLayout layout, float[] values)
    {
        var writer = new GgufWriter();
        writer.Set("general.type", "adapter");
        writer.Set("general.architecture", architecture);
        writer.Set("adapter.type", "lora");
        writer.Set("adapter.lora.alpha", alpha);
        WriteTensors(stream, writer, layout, values);
    }

    private static void WriteTensors(Stream stream, GgufWriter writer, ParameterLayout layout, float[] values)
    {
        foreach (ParameterTensor tensor in layout.Tensors)
            writer.AddTensor(tensor.Name, tensor.IsMatrix ? [tensor.Columns, tensor.Rows] : [tensor.Columns], GgmlType.F32);
        writer.Write(stream, (i, output) =>
            output.Write(MemoryMarshal.AsBytes(values.AsSpan(layout.Tensors[i].Offset, layout.Tensors[i].Count))));
    }
}
