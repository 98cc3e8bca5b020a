using KernelFoundry.Testing;

namespace KernelFoundry.Kernels.Tests;

/// <summary>
/// The references of gradients written by hand are the gradients: central finite differences, in double precision, of the forward kernels'
/// references. Devices are held to the references by the kernels' records.
/// </summary>
public sealed class ReferenceGradientTests
{
    private const int Tokens = 9, Vocabulary = 7, Columns = 5, Heads = 4, KvHeads = 2, HeadDim = 3;

    private readonly Random random = new(1);

    [Fact]
    public void OfLinearLayers()
    {
        KernelCase c = Case(("w", [Vocabulary, Columns]), ("x", [Tokens, Columns]), ("dy", [Tokens, Vocabulary]));
        c.SetFunctor("epilogue", default(NoEpilogue));
        Action<KernelCase> forward = Reference(typeof(Linear), nameof(Linear.MatMul));
        Check(c, forward, [("y", "dy")], typeof(Linear), nameof(Linear.MatMulBackwardX), ("x", "dx"));
        Check(c, forward, [("y", "dy")], typeof(Linear), nameof(Linear.MatMulBackwardW), ("w", "dw"));
    }

    [Fact]
    public void OfPackedAttention()
    {
        KernelCase c = Case(
            ("q", [Tokens, Heads, HeadDim]), ("k", [Tokens, KvHeads, HeadDim]), ("v", [Tokens, KvHeads, HeadDim]), ("dO", [Tokens, Heads, HeadDim]),
            ("o", [Tokens, Heads, HeadDim]), ("lse", [Heads, Tokens]), ("delta", [Heads, Tokens]), ("dLse", [Heads, Tokens]));
        c.SetView("starts", [0, 0, 0, 3, 3, 5, 5, 5, 5], Tokens);
        c.SetView("ends", [3, 3, 3, 5, 5, 9, 9, 9, 9], Tokens);
        c.SetScalar("scale", 0.7);
        Array.Clear(c.Values("dLse"));
        Action<KernelCase> forward = Reference(typeof(Attention), nameof(Attention.PackedAttention));
        forward(c);
        c.SetView("o", c.Output("o"), Tokens, Heads, HeadDim);
        c.SetView("lse", c.Output("lse"), Heads, Tokens);
        Reference(typeof(Attention), nameof(Attention.PackedAttentionDelta))(c);
        c.SetView("delta", c.Output("delta"), Heads, Tokens);
        (string, string)[] outputs = [("o", "dO"), ("lse", "dLse")];
        Check(c, forward, outputs, typeof(Attention), nameof(Attention.PackedAttentionBackwardQ), ("q", "dq"));
        Check(c, forward, outputs, typeof(Attention), nameof(Attention.PackedAttentionBackwardKv), ("k", "dk"), ("v", "dv"));
    }

    [Fact]
    public void OfCrossEntropy()
    {
        KernelCase c = Case(("logits", [Tokens, Vocabulary]), ("loss", [Tokens]), ("lse", [Tokens]), ("dLoss", [Tokens]), ("dLse", [Tokens]));
        Label(c);
        Action<KernelCase> forward = Reference(typeof(Loss), nameof(Loss.CrossEntropy));
        forward(c);
        c.SetView("lse", c.Output("lse"), Tokens);
        c.SetView("dlogits", new double[Tokens * Vocabulary], Tokens, Vocabulary);
        Check(c, forward, [("loss", "dLoss"), ("lse", "dLse")], typeof(Loss), nameof(Loss.CrossEntropyBackward), ("logits", "dlogits"));
    }

    [Fact]
    public void OfCutCrossEntropy()
    {
        KernelCase c = Case(
            ("x", [Tokens, Columns]), ("w", [Vocabulary, Columns]), ("loss", [Tokens]), ("lse", [Tokens]), ("dLoss", [Tokens]), ("dLse", [Tokens]));
        Label(c);
        c.SetScalar("threshold", 0);
        Action<KernelCase> forward = Reference(typeof(Loss), nameof(Loss.CutCrossEntropy));
        forward(c);
        c.SetView("lse", c.Output("lse"), Tokens);
        (string, string)[] outputs = [("loss", "dLoss"), ("lse", "dLse")];
        Check(c, forward, outputs, typeof(Loss), nameof(Loss.CutCrossEntropyBackwardX), ("x", "dx"));
        Check(c, forward, outputs, typeof(Loss), nameof(Loss.CutCrossEntropyBackwardW), ("w", "dw"));
    }

    [Theory]
    [InlineData(nameof(Probabilities.Softmax), nameof(Probabilities.SoftmaxBackward))]
    [InlineData(nameof(Probabilities.LogSoftmax), nameof(Probabilities.LogSoftmaxBackward))]
    public void OfProbabilities(string kernel, string backward)
    {
        KernelCase c = Case(("x", [Tokens, Vocabulary]), ("y", [Tokens, Vocabulary]), ("dy", [Tokens, Vocabulary]));
        Action<KernelCase> forward = Reference(typeof(Probabilities), kernel);
        forward(c);
        c.SetView("y", c.Output("y"), Tokens, Vocabulary);
        Check(c, forward, [("y", "dy")], typeof(Probabilities), backward, ("x", "dx"));
    }

    [Fact]
    public void OfEmbeddings()
    {
        int[] tokens = [3, 0, 3, 6, 3, 0, 1, 6, 2];
        EmbeddingGradientPlan plan = EmbeddingGradientPlan.Create(tokens);
        Assert.Equal([0, 1, 2, 3, 6], plan.Rows);
        Assert.Equal([0, 2, 3, 4, 7, 9], plan.First);
        Assert.Equal([1, 5, 6, 8, 0, 2, 4, 3, 7], plan.Order);
        KernelCase c = Case(("table", [Vocabulary, Columns]), ("dy", [Tokens, Columns]));
        Set("tokens", tokens);
        Set("rows", plan.Rows);
        Set("first", plan.First);
        Set("order", plan.Order);
        c.SetScalar("scale", 1.5);
        Check(c, Reference(typeof(Embedding), nameof(Embedding.EmbeddingLookup)), [("y", "dy")], typeof(Embedding), nameof(Embedding.EmbeddingBackward), ("table", "dtable"));

        void Set(string view, int[] values) => c.SetView(view, Array.ConvertAll(values, v => (double)v), values.Length);
    }

    private static void Label(KernelCase c)
    {
        c.SetView("labels", [0, 6, 3, -100, 2, 2, 5, -1, 1], Tokens);
        Array.Clear(c.Values("dLse"));
    }

    private static Action<KernelCase> Reference(Type kernelClass, string kernel) => KernelCases.Find(kernelClass, kernel).Reference!;

    private static void Check(
        KernelCase c, Action<KernelCase> forward, (string View, string Gradient)[] outputs, Type kernelClass, string kernel, params (string View, string Gradient)[] inputs)
    {
        foreach ((string view, string gradient) in inputs)
        {
            int[] extents = [.. Enumerable.Range(0, Rank(view)).Select(axis => c.Extent(view, axis))];
            c.SetView(gradient, new double[c.Values(view).Length], extents);
        }

        Reference(kernelClass, kernel)(c);
        double[][] found = [.. inputs.Select(input => (double[])c.Output(input.Gradient).Clone())];
        foreach ((string _, string gradient) in inputs)
            Array.Clear(c.Output(gradient));
        FiniteDifferences.Gradients(c, forward, [.. outputs.Select(o => (o.View, o.Gradient, -1))], [.. inputs.Select(i => (i.View, i.Gradient, false))]);
        for (int i = 0; i < inputs.Length; i++)
        {
            double[] expected = c.Output(inputs[i].Gradient);
            Assert.Contains(expected, value => Math.Abs(value) > 1e-3);
            Assert.All(expected.Zip(found[i]), pair => Assert.Equal(pair.First, pair.Second, 1e-8));
        }
    }

    private static int Rank(string view) => view is "q" or "k" or "v" ? 3 : 2;

    private KernelCase Case(params (string Name, int[] Extents)[] views)
    {
        var c = new KernelCase();
        foreach ((string name, int[] extents) in views)
            c.SetView(name, [.. Enumerable.Range(0, extents.Aggregate((a, b) => a * b)).Select(_ => (random.NextDouble() * 2) - 1)], extents);
        return c;
    }
}
