using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Models;
using KernelFoundry.Training.Checkpoints;
using KernelFoundry.Training.Export;

namespace KernelFoundry.Training;

/// <content>What was trained, as GGUF.</content>
public sealed partial class Trainer
{
    /// <summary>Writes what was trained as GGUF in 32-bit floats: the model, or the adapter alone. The file is there whole or not at all.</summary>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Export(string path)
    {
        if (_options.Lora is { } lora)
            AtomicFile.Write(path, stream => ModelWriter.WriteAdapter(stream, _model.Architecture.Name, lora.Alpha, _engine.Layout, _engine.Weights()));
        else
            ExportModel(path);
    }

    /// <summary>Writes the model as GGUF in 32-bit floats, with the adapter added to its weights if one was trained.</summary>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void ExportModel(string path) => AtomicFile.Write(path, WriteModel);

    /// <summary>Opens the model as it is now, to generate with it.</summary>
    /// <returns>The model, which no longer changes; the caller disposes of it.</returns>
    public LanguageModel OpenModel()
    {
        using var stream = new MemoryStream();
        WriteModel(stream);
        return LanguageModel.Open(new GgufFile(stream.ToArray(), "model in training"), _device);
    }

    private void WriteModel(Stream stream)
    {
        string name = _options.Model?.Name ?? (_base is not null && _base.Metadata.TryGetString("general.name", out string? given) ? given : "model");
        float[] weights = _engine.Weights();
        if (_options.Lora is { } lora)
            weights = LoraMerge.Merge(_layout, _baseWeights!, _engine.Layout, weights, lora.Alpha / lora.Rank);
        ModelWriter.WriteModel(stream, new ModelDescription(name, _model, _tokenizer, _options.ChatTemplate, _base), _layout, weights);
    }
}
