using KernelFoundry.Kernels;

namespace KernelFoundry.UserFunctors.Tests;

/// <summary>A truncation of one's own: tokens at least a share as probable as the largest.</summary>
/// <param name="logShare">The share's logarithm.</param>
public readonly struct HalfOfLargest(float logShare) : ITruncationChain<HalfOfLargest>
{
    public float LogShare { get; } = logShare;

    public static int Count(HalfOfLargest self) => 1;

    public static int Method(HalfOfLargest self, int index) => Truncation.Own;

    public static float Amount(HalfOfLargest self, int index) => 0;

    public static float Threshold(HalfOfLargest self, float max, float logTotal, float entropy) => max + self.LogShare;
}
