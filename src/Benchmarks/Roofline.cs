namespace KernelFoundry.Benchmarks;

/// <summary>What the time of a case is held against.</summary>
/// <param name="Bytes">Bytes of all views.</param>
/// <param name="Operations">Operations of one launch; null where they are not counted.</param>
/// <param name="ReadBandwidth">Bytes a second the device reads at best.</param>
internal sealed record Roofline(long Bytes, double? Operations, double ReadBandwidth);
