using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace KernelFoundry;

/// <summary>The processor's own hint between two looks at a value another thread will write.</summary>
internal static class SpinPause
{
    /// <summary>
    /// Waits some ten nanoseconds. <see cref="Thread.SpinWait"/> is a call, and waits about forty at the least.
    /// </summary>
    public static void Once()
    {
        if (X86Base.IsSupported)
            X86Base.Pause();
        else if (ArmBase.IsSupported)
            ArmBase.Yield();
        else
            Thread.SpinWait(1);
    }
}
