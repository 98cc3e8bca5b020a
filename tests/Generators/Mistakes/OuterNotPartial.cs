// KF0012 7:21

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public static class Outer
{
    public static partial class Sample
    {
        [Kernel]
        public static void Bad(View1<float> y) => y.Store(0, 1f);
    }
}
