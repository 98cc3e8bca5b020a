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

    [Fact]
    public async Task Graphs_of_several_threads_take_turns()
    {
        using Device device = EmulatedCuda.Open();
        await Task.WhenAll(Enumerable.Range(1, 4).Select(thread => Task.Run(() =>
        {
            using LaunchGraph graph = device.CreateGraph();
            View1<int> y = device.Allocate<int>(1);
            int expected = 0;
            for (int i = 0; i < 20; i++)
            {
                graph.Run((device, y, value: thread * i), static a =>
                {
                    CudaGraphTests.PushTo(a.device, a.y, a.value);
                    CudaGraphTests.PushTo(a.device, a.y, 1);
                });
                expected = unchecked((2 * ((2 * expected) + (thread * i))) + 1);
                Assert.Equal([expected], y.ToArray());
            }
        })));
    }
}
