using KernelFoundry.Inference.Adapters;
using KernelFoundry.Inference.Chat;
using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.HuggingFace;
using KernelFoundry.Inference.Tokenizers;

namespace KernelFoundry.Inference.Models;

/// <summary>A model file opened on a device: its tokenizer and its transformer.</summary>
public sealed class LanguageModel : IDisposable
{
    private readonly GgufFile _file;

    private LanguageModel(GgufFile file, HuggingFaceModel? folder, Device device, ModelOptions? options)
    {
        Adapters = [.. (options?.Adapters ?? []).Select(reference => LoraAdapter.Open(reference, file))];
        ModelConfiguration configuration = ModelConfiguration.Read(file, options?.Architectures);
        if (options is { MergesAdapters: true } && Adapters.Count > 0)
            file = AdapterMerge.Apply(file, Adapters, configuration.IsTied(file));
        else if (options is not null)
            options = options with { LoadedAdapters = Adapters };
        _file = file;
        Tokenizer = folder?.Tokenizer ?? TokenizerFactory.Create(file);
        ChatTemplates = folder?.ChatTemplates ?? ChatTemplates.Read(file, ChatTokens.Of(Tokenizer));
        Transformer = new Transformer(file, configuration, device, options);
    }

    /// <summary>Path of the file, or the name given to content in memory.</summary>
    public string Name => _file.Name;

    /// <summary>Sizes and constants of the model.</summary>
    public ModelConfiguration Configuration => Transformer.Configuration;

    /// <summary>Turns text into tokens and back.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>How the model wants conversations written.</summary>
    public ChatTemplates ChatTemplates { get; }

    /// <summary>Turns tokens into logits.</summary>
    public Transformer Transformer { get; }

    /// <summary>The adapters it was opened with.</summary>
    public IReadOnlyList<LoraAdapter> Adapters { get; }

    /// <summary>Where the model runs.</summary>
    public Device Device => Transformer.Device;

    /// <summary>Opens a GGUF file, or a folder with safetensors, <c>config.json</c> and a tokenizer. On devices that share the host's memory the weights are used in place, but for those that are packed to be multiplied faster: see <see cref="ModelOptions.Activations"/>.</summary>
    /// <param name="path">Path of the file, or of the folder.</param>
    /// <param name="device">Where the model runs; not disposed of with the model.</param>
    /// <param name="options">How it is opened.</param>
    /// <returns>The model; the caller disposes of it.</returns>
    /// <exception cref="InvalidModelException">
    /// The file is not a model that can be run; the message names field, found and expected.
    /// </exception>
    /// <exception cref="NotSupportedException">The options' cache cannot hold heads of the model's head dim.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <exception cref="DeviceException">The device has not enough memory.</exception>
    public static LanguageModel Open(string path, Device device, ModelOptions? options = null) =>
        HuggingFaceModel.IsAt(path) ? Open(HuggingFaceModel.Open(path), device, options) : Open(GgufFile.Open(path), device, options);

    /// <summary>Opens a model from a file that is open already, and is closed with the model, or at once if it cannot be used.</summary>
    /// <inheritdoc cref="Open(string, Device, ModelOptions?)"/>
    /// <param name="file">The file.</param>
    /// <param name="device">Where the model runs; not disposed of with the model.</param>
    /// <param name="options">How it is opened.</param>
    public static LanguageModel Open(GgufFile file, Device device, ModelOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        return Open(file, null, device, options);
    }

    /// <summary>Opens a model from a folder that is open already, and is closed with the model, or at once if it cannot be used.</summary>
    /// <inheritdoc cref="Open(string, Device, ModelOptions?)"/>
    /// <param name="folder">The folder.</param>
    /// <param name="device">Where the model runs; not disposed of with the model.</param>
    /// <param name="options">How it is opened.</param>
    public static LanguageModel Open(HuggingFaceModel folder, Device device, ModelOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return Open(folder.File, folder, device, options);
    }

    private static LanguageModel Open(GgufFile file, HuggingFaceModel? folder, Device device, ModelOptions? options)
    {
        try
        {
            return new LanguageModel(file, folder, device, options);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The file the model came from.</summary>
    internal GgufFile File => _file;

    /// <summary>Frees the weights and closes the file.</summary>
    public void Dispose()
    {
        Transformer.Dispose();
        _file.Dispose();
    }
}
