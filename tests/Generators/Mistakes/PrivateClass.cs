// KF0011 12:28

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static partial class Outer
{
    private static partial class Sample
    {
        [Kernel]
        public static void Bad(View1<float> y) => y.Store(0, 1f);
    }
}
