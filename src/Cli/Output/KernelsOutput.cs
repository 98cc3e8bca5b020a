namespace KernelFoundry.Cli.Output;

/// <summary>What <c>kf kernels list --json</c> prints.</summary>
internal sealed record KernelsOutput(IReadOnlyList<KernelOutput> Kernels);
