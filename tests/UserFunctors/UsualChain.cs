using KernelFoundry.Kernels;

namespace KernelFoundry.UserFunctors.Tests;

/// <summary>Top-k 12, top-p 0.9 and min-p 0.05, fixed when this project is compiled.</summary>
public readonly struct UsualChain : ITruncationChain<UsualChain>
{
    public const int K = 12;
    public const float P = 0.9f, LogLeast = -2.9957323f;

    public static int Count(UsualChain self) => 3;

    public static int Method(UsualChain self, int index) =>
        Ops.Where(index == 0, Truncation.TopK, Ops.Where(index == 1, Truncation.TopP, Truncation.MinP));

    public static float Amount(UsualChain self, int index) => Ops.Where(index == 0, (float)K, Ops.Where(index == 1, P, LogLeast));
}
