using KernelFoundry.Inference.Models;

namespace KernelFoundry.Cli.Commands;

/// <summary>Models that options name beside the one that generates, each opened once.</summary>
/// <param name="device">Where.</param>
/// <param name="options">How.</param>
internal sealed class OpenedModels(Device device, ModelOptions options) : IDisposable
{
    private readonly Dictionary<string, LanguageModel> _models = [];

    public LanguageModel Open(string file)
    {
        if (!_models.TryGetValue(file, out LanguageModel? model))
            _models[file] = model = Opening.Model(file, device, options);
        return model;
    }

    public void Dispose()
    {
        foreach (LanguageModel model in _models.Values)
            model.Dispose();
    }
}
