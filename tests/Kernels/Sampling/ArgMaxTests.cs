using KernelFoundry.Testing;

namespace KernelFoundry.Kernels.Tests;

public sealed class ArgMaxTests
{
    private const float NaN = float.NaN, Infinity = float.PositiveInfinity;

    [Theory]
    [DeviceData]
    public void The_lowest_id_wins_ties(Device device)
    {
        Assert.Equal(1, ArgMax(device, 0, 3, 3, 2, 3));
        Assert.Equal(0, ArgMax(device, [.. Enumerable.Repeat(-1f, 4097)]));
        float[] late = new float[4097];
        late[2051] = late[4000] = 1;
        Assert.Equal(2051, ArgMax(device, late));
        Assert.Equal(0, ArgMax(device, -0f, 0f, -0f));
        Assert.Equal(0, ArgMax(device, 0f, -0f));
    }

    [Theory]
    [DeviceData]
    public void NaN_never_wins(Device device)
    {
        Assert.Equal(2, ArgMax(device, NaN, -5, -4, NaN));
        Assert.Equal(1, ArgMax(device, NaN, -Infinity, NaN));
        Assert.Equal(0, ArgMax(device, NaN, NaN, NaN));
        float[] many = [.. Enumerable.Repeat(NaN, 1000)];
        many[777] = -1e30f;
        Assert.Equal(777, ArgMax(device, many));
    }

    [Theory]
    [DeviceData]
    public void Infinities_compare_as_numbers(Device device)
    {
        Assert.Equal(0, ArgMax(device, -Infinity, -Infinity));
        Assert.Equal(1, ArgMax(device, -Infinity, -1e38f, -Infinity));
        Assert.Equal(2, ArgMax(device, 1, 3e38f, Infinity, Infinity));
    }

    [Theory]
    [DeviceData]
    public void The_largest_vocabularies_fit(Device device)
    {
        var logits = new float[151_936];
        var random = new Random(5);
        for (int i = 0; i < logits.Length; i++)
            logits[i] = random.NextSingle();
        logits[151_935] = 2;
        Assert.Equal(151_935, ArgMax(device, logits));
    }

    // 1 and the next float above it are one Half and one BFloat16: the first of the two.
    [Theory]
    [DeviceData]
    public void Logits_compare_as_they_are_stored(Device device)
    {
        float[] logits = [0, 1, 1.0000001f];
        Assert.Equal(2, ArgMax(device, logits));
        Assert.Equal(1, ArgMax<Half>(device, [.. logits.Select(x => (Half)x)]));
        Assert.Equal(1, ArgMax<BFloat16>(device, [.. logits.Select(x => (BFloat16)x)]));
    }

    private static int ArgMax(Device device, params float[] logits) => ArgMax<float>(device, logits);

    private static int ArgMax<T>(Device device, T[] logits)
        where T : unmanaged
    {
        View2<T> view = device.Upload<T>(logits, 1, logits.Length);
        View1<int> token = device.Allocate<int>(1);
        Sampling.ArgMax(device, view, token);
        int found = token.ToArray()[0];
        view.Memory!.Dispose();
        token.Memory!.Dispose();
        return found;
    }
}
