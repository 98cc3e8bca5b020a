using KernelFoundry.Kernels;

namespace KernelFoundry.UserFunctors.Tests;

/// <summary>A truncation of one's own: tokens at least a share as probable as the largest.</summary>
/// <param name="logShare">The share's logarithm.</param>
public readonly struct ShareOfLargest(float logShare) : ITruncationChain<ShareOfLargest>
{
    public float LogShare { get; } = logShare;

    public static int Count(ShareOfLargest self) => 1;

    public static int Method(ShareOfLargest self, int index) => Truncation.Own;

    public static float Amount(ShareOfLargest self, int index) => 0;

    public static float Threshold(ShareOfLargest self, float max, float logTotal, float entropy) => max + self.LogShare;
}
