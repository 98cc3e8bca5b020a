using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Models;
using KernelFoundry.Inference.Tokenizers;
using KernelFoundry.Training.Data;

namespace KernelFoundry.LossBenchmark;

/// <summary>What a loss is computed from.</summary>
/// <param name="Head">[vocabulary, columns].</param>
/// <param name="Activations">[tokens, columns].</param>
/// <param name="Labels">[tokens].</param>
/// <param name="Columns">Width of the model.</param>
internal sealed record LossCase(float[] Head, float[] Activations, int[] Labels, int Columns)
{
    public int Vocabulary => Head.Length / Columns;

    public int Tokens => Labels.Length;

    /// <summary>
    /// A row of activations is a multiple of its label's row of the head, and noise. Flat: logits of labels up to 18 among others of deviation 2.7, an untrained
    /// model's loss. Peaked: up to 30 among others of deviation 0.5.
    /// </summary>
    public static LossCase Draw(int vocabulary, int tokens, int columns, bool isPeaked)
    {
        (float noise, float peak) = isPeaked ? (0.1f, 30f) : (0.5f, 12f);
        var random = new Random(1);
        float[] head = Numbers((long)vocabulary * columns), activations = Numbers(tokens * columns);
        int[] labels = [.. Enumerable.Range(0, tokens).Select(_ => random.Next(vocabulary))];
        for (int t = 0; t < tokens; t++)
        {
            float certainty = peak * 3 / columns * random.NextSingle();
            for (int c = 0; c < columns; c++)
                activations[(t * columns) + c] = (activations[(t * columns) + c] * noise) + (head[((long)labels[t] * columns) + c] * certainty);
        }

        return new LossCase(head, activations, labels, columns);

        float[] Numbers(long count)
        {
            var values = new float[count];
            for (long i = 0; i < count; i++)
                values[i] = (random.NextSingle() * 2) - 1;
            return values;
        }
    }

    /// <summary>
    /// What a trained model with tied embeddings has for texts. Its activations are read as logits: those of the same model whose output matrix is the identity.
    /// </summary>
    public static LossCase Read(string model, string data, int tokens, Device device)
    {
        using GgufFile file = GgufFile.Open(model);
        if (!file.Tensors.TryGet("token_embd.weight", out GgufTensor embedding) || file.Tensors.TryGet("output.weight", out _))
            throw new ArgumentException($"{model} is no model with tied embeddings.", nameof(model));
        int columns = (int)embedding.Columns, vocabulary = (int)embedding.Rows;
        float[] head = new float[vocabulary * columns], identity = new float[vocabulary * columns];
        TensorCodec codec = TensorCodecs.Of(embedding.Type);
        for (int row = 0; row < vocabulary; row++)
            codec.Decode(embedding.Slice(row * embedding.RowBytes, (int)embedding.RowBytes), head.AsSpan(row * columns, columns));
        for (int i = 0; i < columns; i++)
            identity[(i * columns) + i] = 1;

        using LanguageModel reader = LanguageModel.Open(WithOutput(file, identity), device);
        TokenizedDocuments documents = TokenizedDocuments.Read([data], reader.Tokenizer, parseSpecial: true);
        var activations = new List<float>();
        var labels = new List<int>();
        for (int d = 0; d < documents.Count && labels.Count < tokens; d++)
        {
            int length = Math.Min(Math.Min(documents[d].Length, reader.Configuration.ContextLength) - 1, tokens - labels.Count);
            if (length < 1)
                continue;
            View2<float> logits = device.Allocate<float>(length, vocabulary);
            using (KvCache cache = reader.Transformer.CreateCache(length))
                reader.Transformer.Forward(documents[d][..length], cache, logits);
            float[] values = logits.ToArray();
            logits.Memory!.Dispose();
            for (int t = 0; t < length; t++)
                activations.AddRange(values.AsSpan(t * vocabulary, columns));
            labels.AddRange(documents[d][1..(length + 1)]);
        }

        return new LossCase(head, [.. activations], [.. labels], columns);
    }

    private static GgufFile WithOutput(GgufFile file, float[] output)
    {
        var writer = new GgufWriter(file.Alignment);
        writer.Copy(file.Metadata);
        foreach (GgufTensor tensor in file.Tensors)
            writer.AddTensor(tensor.Name, tensor.Rank == 1 ? [tensor.Columns] : [tensor.Columns, tensor.Rows], tensor.Type);
        file.Tensors.TryGet("token_embd.weight", out GgufTensor embedding);
        writer.AddTensor("output.weight", [embedding.Columns, embedding.Rows], GgmlType.F32);
        using var stream = new MemoryStream();
        writer.Write(stream, (i, into) => into.Write(i < file.Tensors.Count ? file.Tensors[i].Data : System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(output)));
        return new GgufFile(stream.ToArray(), file.Name);
    }
}
