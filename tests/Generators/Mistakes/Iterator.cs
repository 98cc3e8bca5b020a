// KF0011 13:36
// KF0016 16:9

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

using System.Collections.Generic;

public static partial class Sample
{
    [Kernel]
    public static IEnumerable<int> Bad(View1<float> y)
    {
        y.Store(0, 1f);
        yield return 1;
    }
}
