namespace KernelFoundry.Cli.Output;

/// <summary>One kernel. A type parameter without interface is an element type.</summary>
internal sealed record KernelOutput(
    string Name,
    string Source,
    int Variants,
    KernelSize Size,
    IReadOnlyList<KernelTypeParameterOutput> TypeParameters,
    IReadOnlyList<KernelParameterOutput> Parameters);
