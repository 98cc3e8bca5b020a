// KF0016 13:30
// KF0016 16:9

using System;
using KernelFoundry;
using static KernelFoundry.Ops;

using System.Threading.Tasks;

public static partial class Sample
{
    [Kernel]
    public static async void Bad(View1<float> y)
    {
        y.Store(0, 1f);
        await Task.Yield();
    }
}
