// KF0011 10:17

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

public partial class Sample
{
    [Kernel]
    public void Bad(View1<float> y)
    {
        y.Store(0, 1f);
    }
}
