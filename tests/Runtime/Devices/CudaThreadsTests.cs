using KernelFoundry.Testing.Emulation;

namespace KernelFoundry.Tests;

public class CudaThreadsTests
{
    [Fact]
    public async Task Threads_may_share_a_device()
    {
        using Device device = EmulatedCuda.Open();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            for (int i = 0; i < 20; i++)
            {
                View1<float> x = device.Upload<float>([.. Enumerable.Range(0, 100).Select(each => (float)(each + thread))]);
                View1<float> y = device.Allocate<float>(100);
                CudaDeviceTests.Scale(device, x, y, 2);
                Assert.Equal(Enumerable.Range(0, 100).Select(each => (2f * (each + thread)) + 1), y.ToArray());
                x.Memory!.Dispose();
                y.Memory!.Dispose();
            }
        })));
    }
}
