namespace KernelFoundry.Cli.Commands;

/// <summary>A model file cannot be opened at all.</summary>
internal sealed class ModelFileException(string path, Exception cause)
    : Exception($"The model file '{path}' cannot be opened: {cause.Message}", cause);
