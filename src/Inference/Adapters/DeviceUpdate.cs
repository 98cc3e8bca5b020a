using KernelFoundry.Inference.Models;

namespace KernelFoundry.Inference.Adapters;

/// <summary>The matrices of a <see cref="LowRankUpdate"/> on a device.</summary>
/// <param name="Adapter">The adapter, whose scale counts.</param>
/// <param name="A">[rank, columns].</param>
/// <param name="B">[rows, rank].</param>
/// <param name="Scale">alpha / rank.</param>
internal sealed record DeviceUpdate(LoraAdapter Adapter, WeightMatrix A, WeightMatrix B, float Scale);
