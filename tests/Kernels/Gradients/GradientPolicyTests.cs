using KernelFoundry.Testing;

namespace KernelFoundry.Kernels.Tests;

/// <summary>What NaN, ignored labels, filtering and queries without keys do to losses and gradients, on every device.</summary>
public sealed class GradientPolicyTests
{
    private const int Tokens = 40, Vocabulary = 300, Columns = 24, Ignored = 3, Spoiled = 5;

    [Fact]
    public void AnIgnoredTokenAddsNothingEvenIfItIsNaN()
    {
        foreach (Device device in TestDevices.All)
        {
            (float[] loss, float[] dx, float[] dw) = Cut(device, threshold: 0f, nan: Ignored);
            Assert.Equal(0f, loss[Ignored]);
            Assert.All(Row(dx, Ignored), value => Assert.Equal(0f, value));
            Assert.All(dx, value => Assert.True(float.IsFinite(value), $"{device}"));
            Assert.True(loss.All(float.IsFinite) && dw.Any(value => value != 0));
        }
    }

    [Fact]
    public void FilteringLeavesOutNoBlockWithNaN()
    {
        foreach (Device device in TestDevices.All)
        {
            (float[] loss, float[] dx, float[] dw) = Cut(device, threshold: 10f, nan: Spoiled);
            Assert.True(float.IsNaN(loss[Spoiled]) && loss.Count(float.IsNaN) == 1);
            Assert.All(Row(dx, Spoiled), value => Assert.True(float.IsNaN(value), $"{device}"));
            Assert.All(dw, value => Assert.True(float.IsNaN(value), $"{device}"));
        }
    }

    // The logits of words 128 to 255 are about 20 below the others': whole blocks, whatever their size, of probabilities below the threshold.
    [Fact]
    public void AThresholdLeavesOutWhatIsBelowIt()
    {
        const float Threshold = 1f / 4096;
        const int First = 128, End = 256;
        float[] x = Numbers(1, Tokens * Columns), w = Numbers(2, Vocabulary * Columns);
        for (int t = 0; t < Tokens; t++)
            x[t * Columns] = 1;
        for (int v = 0; v < Vocabulary; v++)
            w[v * Columns] = v is >= First and < End ? -20 : 0;
        foreach (Device device in TestDevices.All)
        {
            View1<int> labels = device.Upload<int>([.. Enumerable.Range(0, Tokens).Select(t => t == Ignored ? -100 : t * 31 % First)]);
            (float[] _, float[] exact, float[] exactW) = Cut(device, x, w, labels, threshold: 0f);
            (float[] _, float[] filtered, float[] filteredW) = Cut(device, x, w, labels, Threshold);
            int from = First * Columns, to = End * Columns;
            Assert.All(filteredW[from..to], value => Assert.Equal(0f, value));
            Assert.Equal((End - First) * Columns, exactW[from..to].Count(value => value != 0));

            // Every other block holds a label or a likely word, and is computed as ever.
            Assert.Equal(exactW[..from].Concat(exactW[to..]), filteredW[..from].Concat(filteredW[to..]));

            // What is missing of a token's gradient is at most the threshold times all that was left out, and one rounding of the sum.
            float[] dLoss = Numbers(3, Tokens);
            for (int i = 0; i < exact.Length; i++)
            {
                double missing = Enumerable.Range(First, End - First).Sum(v => Math.Abs((double)w[(v * Columns) + (i % Columns)]));
                double bound = (Threshold * Math.Abs(dLoss[i / Columns]) * missing) + (1e-6 * Math.Abs(exact[i]));
                Assert.True(Math.Abs(exact[i] - filtered[i]) <= bound, $"{device}: {exact[i]} and {filtered[i]} at {i}, which may differ by {bound}");
            }

            Assert.NotEqual(exact, filtered);
            (float[] _, float[] none, float[] noneW) = Cut(device, x, w, labels, threshold: 10f);
            Assert.All(none.Concat(noneW), value => Assert.Equal(0f, value));
        }
    }

    [Fact]
    public void CutAndPlainLossAgree()
    {
        foreach (Device device in TestDevices.All)
        {
            (float[] cut, float[] cutX, float[] cutW) = Cut(device, threshold: 0f);
            (float[] plain, float[] plainX, float[] plainW) = Plain(device);
            Assert.True(Distance(plain, cut) < 1e-6 && Distance(plainX, cutX) < 1e-5 && Distance(plainW, cutW) < 1e-5, $"{device}");
        }
    }

    [Fact]
    public void AQueryThatAttendsToNothingAddsNothing()
    {
        const int Heads = 2, HeadDim = 8, Lost = 7;
        foreach (Device device in TestDevices.All)
        {
            View3<float> q = Random(device, 1, Heads * HeadDim).Reshape(Tokens, Heads, HeadDim), k = Random(device, 2, Heads * HeadDim).Reshape(Tokens, Heads, HeadDim);
            View3<float> v = Random(device, 3, Heads * HeadDim).Reshape(Tokens, Heads, HeadDim), dO = Random(device, 4, Heads * HeadDim).Reshape(Tokens, Heads, HeadDim);
            View3<float> o = device.Allocate<float>(Tokens, Heads, HeadDim), dq = device.Allocate<float>(Tokens, Heads, HeadDim);
            View2<float> lse = device.Allocate<float>(Heads, Tokens), delta = device.Allocate<float>(Heads, Tokens);
            View1<int> starts = device.Upload<int>([.. Enumerable.Range(0, Tokens).Select(t => t == Lost ? Tokens : 0)]);
            Attention.PackedAttention(device, q, k, v, starts, o, lse, HeadDim, 0.3f);
            Attention.PackedAttentionDelta(device, o, dO, delta);
            Attention.PackedAttentionBackwardQ(device, q, k, v, starts, dO, lse, delta, dq, HeadDim, 0.3f);
            int width = Heads * HeadDim;
            Assert.Equal(float.PositiveInfinity, lse.ToArray()[Lost]);
            Assert.All(o.ToArray()[(Lost * width)..((Lost + 1) * width)], value => Assert.Equal(0f, value));
            Assert.All(dq.ToArray()[(Lost * width)..((Lost + 1) * width)], value => Assert.Equal(0f, value));
            Assert.All(dq.ToArray()[((Lost + 1) * width)..], value => Assert.NotEqual(0f, value));
        }
    }

    [Fact]
    public void ARowWithoutAFiniteLogitGetsNothingAndOneWithNaNSpoilsNoOther()
    {
        foreach (Device device in TestDevices.All)
        {
            View2<float> x = Random(device, 1, Columns), y = device.Allocate<float>(Tokens, Columns), dy = Random(device, 2, Columns), dx = device.Allocate<float>(Tokens, Columns);
            x.Row(Ignored).CopyFrom([.. Enumerable.Repeat(float.NegativeInfinity, Columns)]);
            x.Row(Spoiled).CopyFrom([.. Enumerable.Range(0, Columns).Select(i => i == 7 ? float.NaN : i)]);
            Probabilities.Softmax(device, x, y);
            Probabilities.SoftmaxBackward(device, y, dy, dx);
            float[] gradient = dx.ToArray();
            Assert.All(Row(gradient, Ignored), value => Assert.Equal(0f, value));
            Assert.All(Row(gradient, Spoiled), value => Assert.True(float.IsNaN(value), $"{device}"));
            Assert.Equal(Columns, gradient.Count(float.IsNaN));

            Elementwise.Fill(device, dx, 0f);
            Probabilities.LogSoftmax(device, x, y);
            Probabilities.LogSoftmaxBackward(device, y, dy, dx);
            gradient = dx.ToArray();
            Assert.Equal(Row(dy.ToArray(), Ignored), Row(gradient, Ignored));
            Assert.All(Row(gradient, Spoiled), value => Assert.True(float.IsNaN(value), $"{device}"));
            Assert.Equal(Columns, gradient.Count(float.IsNaN));
        }
    }

    private static (float[] Loss, float[] Dx, float[] Dw) Cut(Device device, float threshold, int? nan = null)
    {
        float[] activations = Numbers(1, Tokens * Columns);
        if (nan is { } row)
            activations.AsSpan(row * Columns, Columns).Fill(float.NaN);
        return Cut(device, activations, Numbers(2, Vocabulary * Columns), Labels(device), threshold);
    }

    private static (float[] Loss, float[] Dx, float[] Dw) Cut(Device device, float[] activations, float[] head, View1<int> labels, float threshold)
    {
        View2<float> x = device.Upload<float>(activations, Tokens, Columns), w = device.Upload<float>(head, Vocabulary, Columns);
        View1<float> loss = device.Allocate<float>(Tokens), lse = device.Allocate<float>(Tokens), dLoss = device.Upload<float>(Numbers(3, Tokens));
        View2<float> dx = device.Allocate<float>(Tokens, Columns), dw = device.Allocate<float>(Vocabulary, Columns);
        Loss.CutCrossEntropy(device, x, w, labels, loss, lse);
        Loss.CutCrossEntropyBackwardX(device, x, w, labels, lse, dLoss, dx, threshold);
        Loss.CutCrossEntropyBackwardW(device, x, w, labels, lse, dLoss, dw, threshold);
        return (loss.ToArray(), dx.ToArray(), dw.ToArray());
    }

    private static (float[] Loss, float[] Dx, float[] Dw) Plain(Device device)
    {
        View2<float> x = Random(device, 1, Columns), w = device.Upload<float>(Numbers(2, Vocabulary * Columns), Vocabulary, Columns);
        View1<float> loss = device.Allocate<float>(Tokens), lse = device.Allocate<float>(Tokens), dLoss = device.Upload<float>(Numbers(3, Tokens));
        View2<float> dx = device.Allocate<float>(Tokens, Columns), dw = device.Allocate<float>(Vocabulary, Columns), logits = device.Allocate<float>(Tokens, Vocabulary);
        Linear.MatMul(device, w, x, logits, default(NoEpilogue));
        Loss.CrossEntropy(device, logits, Labels(device), loss, lse);
        Loss.CrossEntropyBackward(device, logits, Labels(device), lse, dLoss, logits);
        Linear.MatMulBackwardX(device, w, logits, dx);
        Linear.MatMulBackwardW(device, x, logits, dw);
        return (loss.ToArray(), dx.ToArray(), dw.ToArray());
    }

    private static View1<int> Labels(Device device) => device.Upload<int>([.. Enumerable.Range(0, Tokens).Select(t => t == Ignored ? -100 : t * 31 % Vocabulary)]);

    private static View2<float> Random(Device device, int seed, int columns) => device.Upload<float>(Numbers(seed, Tokens * columns), Tokens, columns);

    private static float[] Numbers(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 2) - 1)];
    }

    private static float[] Row(float[] matrix, int row) => matrix[(row * Columns)..((row + 1) * Columns)];

    private static double Distance(float[] expected, float[] found) =>
        Math.Sqrt(expected.Zip(found, (a, b) => Math.Pow((double)a - b, 2)).Sum() / expected.Sum(a => (double)a * a));
}
