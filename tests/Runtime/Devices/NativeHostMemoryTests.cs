namespace KernelFoundry.Tests;

/// <summary>Memory of buffers, in huge pages or not.</summary>
public sealed class NativeHostMemoryTests
{
    [Fact]
    public void Buffers_are_zeroed_aligned_and_apart()
    {
        using Device device = Device.Open(new DeviceOptions { Kind = DeviceKind.Cpu, Threads = 1 });
        int[] sizes = [1, 64, 262_143, 607_744, ZeroedBlock.HugePage - 64, ZeroedBlock.HugePage, ZeroedBlock.HugePage + 1, (2 * ZeroedBlock.HugePage) - 100_000];
        var random = new Random(1);
        var held = new List<(View1<byte> View, byte Mark)>();
        for (int i = 0; i < 400; i++)
        {
            int size = sizes[random.Next(sizes.Length)];
            View1<byte> view = device.Allocate<byte>(size);
            Assert.Equal(size, view.AsSpan().Length);
            Assert.Equal(-1, view.AsSpan().IndexOfAnyExcept((byte)0));
            byte mark = (byte)(1 + (i % 255));
            view.AsSpan().Fill(mark);
            unsafe
            {
                fixed (byte* first = view.AsSpan())
                    Assert.Equal(0, (nint)first % 64);
            }

            held.Add((view, mark));
            while (held.Count > 12 || (held.Count > 0 && random.Next(3) == 0))
            {
                int which = random.Next(held.Count);
                Assert.Equal(-1, held[which].View.AsSpan().IndexOfAnyExcept(held[which].Mark));
                held[which].View.Memory!.Dispose();
                held.RemoveAt(which);
            }
        }

        held.ForEach(each => Assert.Equal(-1, each.View.AsSpan().IndexOfAnyExcept(each.Mark)));
    }
}
