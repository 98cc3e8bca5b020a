using static KernelFoundry.Ops;

namespace KernelFoundry.Kernels;

/// <content>Greedy decoding of few rows by a whole GPU: first half.</content>
public static partial class Sampling
{
    /// <summary>
    /// Of every part of every row the largest logit and its token, as <see cref="ArgMax"/> finds it: what <see cref="ArgMaxOfParts"/> chooses among. The vocabulary is cut into equal parts
    /// (<see cref="Probabilities.PartsOf"/> says how many), the last of which may be shorter or empty; an empty one leaves a NaN, which never wins.
    /// </summary>
    /// <param name="logits">[rows, vocabulary].</param>
    /// <param name="best">Output: largest logits, [rows, parts].</param>
    /// <param name="tokens">Output: their tokens, [rows, parts].</param>
    [Kernel(CudaWorkGroup = 256)]
    [Axis("rows", 1, 3)]
    [Axis("vocabulary", 1, 7, 9, 31, 33, 127, 255, 4095)]
    [Axis("parts", 1, 2, 7, 33)]
    [Reference(nameof(ArgMaxPartsReference))]
    [Tolerance(typeof(float), 0)]
    public static void ArgMaxParts(
        [Shape("rows", "vocabulary")] View2<float> logits, [Shape("rows", "parts")] View2<float> best, [Shape("rows", "parts")] View2<int> tokens)
    {
        int row = ProgramId(0, logits.Extent0);
        int part = ProgramId(1, best.Extent1);
        int share = CeilDiv(logits.Extent1, best.Extent1);
        int first = part * share;
        int token = Min(first + Ops.ArgMax(logits.Load(row, Range(first, share, logits.Extent1))), logits.Extent1 - 1);
        float value = logits.Load(row, token);
        best.Store(row, part, first < logits.Extent1 ? value : float.NaN);
        tokens.StoreInt(row, part, token);
    }

    private static void ArgMaxPartsReference(KernelCase c)
    {
        double[] logits = c.Values("logits"), best = c.Output("best"), tokens = c.Output("tokens");
        int vocabulary = c.Extent("logits", 1), parts = c.Extent("best", 1), share = (vocabulary + parts - 1) / parts;
        for (int i = 0; i < best.Length; i++)
        {
            int row = i / parts * vocabulary, first = i % parts * share;
            int token = Math.Min(first, vocabulary - 1);
            for (int other = first + 1; other < Math.Min(first + share, vocabulary); other++)
                token = logits[row + other] > logits[row + token] ? other : token;
            tokens[i] = token;
            best[i] = first < vocabulary ? logits[row + token] : double.NaN;
        }
    }
}
