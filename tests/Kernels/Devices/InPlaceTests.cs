using KernelFoundry.Testing;

namespace KernelFoundry.Kernels.Tests;

/// <summary>Kernels that may write over their input give the bits they give beside it.</summary>
public sealed class InPlaceTests
{
    private const int Rows = 5, Cols = 259;

    public static TheoryData<string> Cases => [.. Launches.Keys];

    private static Dictionary<string, Action<Device, View2<float>, View2<float>, View2<float>>> Launches { get; } = new()
    {
        ["RmsNorm"] = (device, x, other, y) => Normalization.RmsNorm(device, x, other.Row(0), y, 1e-5f),
        ["LayerNorm"] = (device, x, other, y) => Normalization.LayerNorm(device, x, other.Row(0), other.Row(1), y, 1e-5f),
        ["ResidualAdd over x"] = (device, x, other, y) => Elementwise.ResidualAdd(device, x, other, y),
        ["ResidualAdd over residual"] = (device, x, other, y) => Elementwise.ResidualAdd(device, other, x, y),
        ["GatedLinearUnit over gate"] = (device, x, other, y) => Activation.GatedLinearUnit(device, x, other, y, default(Silu)),
        ["GatedLinearUnit over up"] = (device, x, other, y) => Activation.GatedLinearUnit(device, other, x, y, default(GeluErf)),
        ["Softmax"] = (device, x, _, y) => Probabilities.Softmax(device, x, y),
        ["LogSoftmax"] = (device, x, _, y) => Probabilities.LogSoftmax(device, x, y),
        ["RopeInterleaved"] = (device, x, other, y) => Rope(device, x, other, y, isInterleaved: true),
        ["RopeHalfSplit"] = (device, x, other, y) => Rope(device, x, other, y, isInterleaved: false),
        ["MatVec over residual"] = (device, x, other, y) => Linear.MatVec(device, Square(device), other, y, new ResidualEpilogue(x)),
        ["MatMul over residual"] = (device, x, other, y) => Linear.MatMul(device, Square(device), other, y, new ResidualEpilogue(x)),
        ["MatMul over gate"] = (device, x, other, y) => Linear.MatMul(device, Square(device), other, y, new SiluGateEpilogue(x)),
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Writing_over_the_input_changes_nothing(string name)
    {
        foreach (Device device in TestDevices.All)
        {
            View2<float> x = Random(device, 1), other = Random(device, 2), y = device.Allocate<float>(Rows, Cols);
            Launches[name](device, x, other, y);
            float[] beside = y.ToArray();
            Launches[name](device, x, other, x);
            Assert.True(beside.AsSpan().SequenceEqual(x.ToArray()), $"{name} on {device}");
        }
    }

    private static View2<float> Random(Device device, int seed)
    {
        var random = new Random(seed);
        return device.Upload<float>([.. Enumerable.Range(0, Rows * Cols).Select(_ => random.NextSingle() - 0.4f)], Rows, Cols);
    }

    private static View2<float> Square(Device device)
    {
        var random = new Random(3);
        return device.Upload<float>([.. Enumerable.Range(0, Cols * Cols).Select(_ => random.NextSingle() - 0.4f)], Cols, Cols);
    }

    private static void Rope(Device device, View2<float> x, View2<float> other, View2<float> y, bool isInterleaved)
    {
        View1<int> positions = device.Upload<int>([0, 3, 5, 70, 1000]);
        View1<float> frequencies = other.Row(0).Slice(0, 15);
        if (isInterleaved)
            Positions.RopeInterleaved(device, x.Reshape(Rows, 7, 37), positions, frequencies, y.Reshape(Rows, 7, 37));
        else
            Positions.RopeHalfSplit(device, x.Reshape(Rows, 7, 37), positions, frequencies, y.Reshape(Rows, 7, 37));
    }
}
