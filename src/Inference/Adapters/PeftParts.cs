using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Formats.Safetensors;
using KernelFoundry.Inference.HuggingFace;

namespace KernelFoundry.Inference.Adapters;

/// <summary>
/// Adapters of tensors that GGUF has in parts: experts in one tensor, with inputs first, and what makes keys and values of latent attention. What an adapter adds to a part is of low rank too.
/// </summary>
internal static class PeftParts
{
    private const string Wrapped = ".base_layer";

    /// <summary>
    /// The updates of a stack of experts' matrices, [experts, inputs, outputs] in the folder: A is [experts * rank, inputs], an expert's rows together, and B [outputs, rank * experts],
    /// an expert's columns apart (PEFT: ParamWrapper). PEFT names the module, and not which of its tensors it is: that tells their shape, as no two have the same.
    /// </summary>
    /// <returns>Null where the module holds no such stacks.</returns>
    /// <exception cref="InvalidModelException">No stack of the module has this shape.</exception>
    public static IEnumerable<(string Target, LowRankUpdate Update)>? OfStack(HuggingFaceArchitecture architecture, string module, SafetensorsTensor a, SafetensorsTensor b, GgufFile model)
    {
        while (module.EndsWith(Wrapped, StringComparison.Ordinal))
            module = module[..^Wrapped.Length];
        string pattern = TensorNaming.Generalize(TensorNaming.WithoutPrefix(architecture, module + "."), out List<int> numbers);
        TensorRule[] stacks = [.. architecture.Tensors.Where(rule => rule is { IsStack: true, Transform: TensorTransform.Transpose } && rule.Source[..(rule.Source.LastIndexOf('.') + 1)] == pattern)];
        if (stacks.Length == 0)
            return null;
        foreach (TensorRule rule in stacks)
        {
            (TensorRule Rule, string Target)[] parts = [.. TensorNaming.Parts(rule, numbers)];
            GgufTensor[] tensors = [.. parts.Where(part => model.Tensors.TryGet(part.Target, out _)).Select(part => model.Tensors[part.Target])];
            if (tensors.Length == parts.Length && Fits(tensors[0], rule.Step, a, b))
                return parts.Zip(tensors, (part, tensor) => (part.Target, OfExperts(part.Rule, tensor, a, b)));
        }

        throw b.Error("its shape", Shape(b), $"[outputs, rank * experts] of a tensor of '{module}', with '{a.Name}' of {Shape(a)}");
    }

    /// <summary>
    /// The updates of what makes keys, transposed, and values: of each head B's rows for its key and then for its value, and the same A.
    /// </summary>
    /// <exception cref="InvalidModelException">The shapes are not the model's, or the file has keys and values in one tensor.</exception>
    public static IEnumerable<(string Target, LowRankUpdate Update)> OfLatent(
        TensorRule rule, string target, List<int> numbers, SafetensorsTensor a, SafetensorsTensor b, GgufFile model)
    {
        string values = TensorNaming.Others(rule, target, numbers).Single().Target;
        if (!model.Tensors.TryGet(target, out GgufTensor key) || !model.Tensors.TryGet(values, out GgufTensor value))
            throw a.Error("it", "for keys and values that the model has otherwise", $"a model with '{target}' and '{values}'");
        int plain = (int)key.Dimension(0), latent = (int)key.Dimension(1), heads = (int)key.Dimension(2), length = (int)value.Dimension(1);
        if (a.Shape.Count != 2 || b.Shape.Count != 2 || a.Shape[0] == 0 || a.Shape[0] != b.Shape[1] || a.Shape[1] != latent || b.Shape[0] != (long)heads * (plain + length))
            throw b.Error("its shape", Shape(b), $"[{(long)heads * (plain + length)}, rank], with '{a.Name}' of [rank, {latent}], which is {Shape(a)}");
        int rank = (int)a.Shape[0];
        float[] down = PeftAdapter.Values(a), up = PeftAdapter.Values(b), turned = LowRankUpdate.Transposed(down, rank, latent);
        float[] keyA = new float[checked(heads * rank * plain)], keyB = new float[checked(heads * latent * rank)];
        float[] valueA = new float[checked(heads * rank * latent)], valueB = new float[checked(heads * length * rank)];
        for (int head = 0; head < heads; head++)
        {
            ReadOnlySpan<float> rows = up.AsSpan(head * (plain + length) * rank, (plain + length) * rank);
            LowRankUpdate.Transposed(rows[..(plain * rank)].ToArray(), plain, rank).CopyTo(keyA, head * rank * plain);
            turned.CopyTo(keyB, head * latent * rank);
            down.CopyTo(valueA, head * rank * latent);
            rows[(plain * rank)..].CopyTo(valueB.AsSpan(head * length * rank));
        }

        return [(target, new LowRankUpdate(latent, plain, rank, keyA, keyB, Matrices: heads)), (values, new LowRankUpdate(length, latent, rank, valueA, valueB, Matrices: heads))];
    }

    private static bool Fits(GgufTensor tensor, int step, SafetensorsTensor a, SafetensorsTensor b)
    {
        long experts = tensor.Dimension(2);
        return a.Shape.Count == 2 && b.Shape.Count == 2 && a.Shape[0] > 0 && a.Shape[0] % experts == 0 && a.Shape[0] == b.Shape[1]
            && a.Shape[1] == tensor.Dimension(0) && b.Shape[0] == tensor.Dimension(1) * step;
    }

    private static LowRankUpdate OfExperts(TensorRule rule, GgufTensor tensor, SafetensorsTensor a, SafetensorsTensor b)
    {
        int experts = (int)tensor.Dimension(2), rows = (int)tensor.Dimension(1), rank = (int)(a.Shape[0] / experts);
        float[] stored = PeftAdapter.Values(b), apart = new float[checked(experts * rows * rank)];
        for (int expert = 0; expert < experts; expert++)
        {
            for (int row = 0; row < rows; row++)
            {
                for (int k = 0; k < rank; k++)
                    apart[(((expert * rows) + row) * rank) + k] = stored[((rule.First + (row * rule.Step)) * rank * experts) + (k * experts) + expert];
            }
        }

        return new LowRankUpdate(rows, (int)a.Shape[1], rank, PeftAdapter.Values(a), apart, Matrices: experts);
    }

    private static string Shape(SafetensorsTensor tensor) => $"[{string.Join(", ", tensor.Shape)}]";
}
