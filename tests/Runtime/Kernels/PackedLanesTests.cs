using System.Runtime.Intrinsics;

namespace KernelFoundry.Tests;

/// <summary>Lanes that a mask lets through, stored one after another.</summary>
public sealed unsafe class PackedLanesTests
{
    [Fact]
    public void TheChosenLanesAreStoredInOrderAndNothingElse()
    {
        var random = new Random(2);
        Span<int> lanes = stackalloc int[16], mask = stackalloc int[16];
        for (int round = 0; round < 2000; round++)
        {
            for (int i = 0; i < 16; i++)
                (lanes[i], mask[i]) = (random.Next(), random.Next(3) == 0 || round == 0 ? -1 : 0);
            int count = random.Next(17);
            Vector512<int> v = Vector512.Create<int>(lanes), m = Vector512.Create<int>(mask);
            Check(lanes, mask, 16, to => Lanes.StorePacked(v, to, m));
            Check(lanes, mask, count, to => Lanes.StorePacked(v, to, m, count));
            Check(lanes, mask, count, to => Lanes.StorePacked(v.AsSingle(), (float*)to, m, count));
            Check(lanes, mask, 8, to => Lanes.StorePacked(v.GetLower(), to, m.GetLower()));
            Check(lanes, mask, Math.Min(count, 8), to => Lanes.StorePacked(v.GetLower().AsSingle(), (float*)to, m.GetLower(), count));
            Check(lanes, mask, 4, to => Lanes.StorePacked(v.GetLower().GetLower(), to, m.GetLower().GetLower()));
            Check(lanes, mask, Math.Min(count, 4), to => Lanes.StorePacked(v.GetLower().GetLower().AsSingle(), (float*)to, m.GetLower().GetLower(), count));
        }
    }

    private delegate int Store(int* to);

    private static void Check(ReadOnlySpan<int> lanes, ReadOnlySpan<int> mask, int count, Store store)
    {
        var expected = new List<int>();
        for (int i = 0; i < count; i++)
        {
            if (mask[i] != 0)
                expected.Add(lanes[i]);
        }

        int[] found = [.. Enumerable.Repeat(-7, 16)];
        fixed (int* to = found)
            Assert.Equal(expected.Count, store(to));
        Assert.Equal([.. expected, .. Enumerable.Repeat(-7, 16 - expected.Count)], found);
    }
}
