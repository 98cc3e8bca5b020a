using KernelFoundry.Inference.Formats;

namespace KernelFoundry.Inference.Adapters;

/// <summary>
/// Adapters in GGUF as llama.cpp has them: <c>general.type</c> is <c>adapter</c>, <c>adapter.type</c> is <c>lora</c>, and for each matrix NAME there are
/// <c>NAME.lora_a</c>, [rank, columns], and <c>NAME.lora_b</c>, [rows, rank]; of experts stacked as they are, of token embeddings with <c>lora_a</c> turned, [rows, rank] and [columns, rank].
/// </summary>
internal static class GgufAdapter
{
    private const string A = ".lora_a", B = ".lora_b", Embeddings = "token_embd.weight";

    public static Dictionary<string, LowRankUpdate> Read(string path, GgufFile model)
    {
        using GgufFile file = GgufFile.Open(path);
        Require(file, "general.type", "adapter");
        Require(file, "adapter.type", "lora");
        Require(file, "general.architecture", model.Metadata.GetString("general.architecture"));
        float alpha = file.Metadata.TryGetSingle("adapter.lora.alpha", out float given) ? given : 0;
        if (!float.IsFinite(alpha))
            throw file.Metadata.GetValue("adapter.lora.alpha").Error($"{alpha}", "a finite number");
        var updates = new Dictionary<string, LowRankUpdate>(StringComparer.Ordinal);
        foreach (GgufTensor a in file.Tensors)
        {
            string name = a.Name;
            if (name.EndsWith(B, StringComparison.Ordinal) && file.Tensors.TryGet(name[..^B.Length] + A, out _))
                continue;
            if (!name.EndsWith(A, StringComparison.Ordinal))
                throw a.Error("its name", "of no part of a LoRA adapter", $"names that end in {A} and {B}, in pairs");
            updates.Add(name[..^A.Length], Update(a, file.Tensors[name[..^A.Length] + B], name[..^A.Length], alpha));
        }

        return updates;
    }

    private static LowRankUpdate Update(GgufTensor a, GgufTensor b, string target, float alpha)
    {
        // What embeddings are looked up in is A, and it lies turned.
        if (target == Embeddings)
        {
            if (a.Rank != 2 || b.Rank != 2 || a.Columns != b.Columns)
                throw b.Error("its shape", $"[{b.Rows}, {b.Columns}]", $"[columns, {a.Columns}], as '{a.Name}' is [{a.Rows}, {a.Columns}]");
            int length = checked((int)a.Columns), columns = checked((int)b.Rows);
            return new LowRankUpdate(checked((int)a.Rows), columns, length, LowRankUpdate.Transposed(TensorValues.Finite(b), columns, length), TensorValues.Finite(a), Scale(length));
        }

        long rank = a.Dimension(1);
        if (a.Rank is not (2 or 3) || b.Rank != a.Rank || b.Columns != rank || b.Dimension(2) != a.Dimension(2))
            throw b.Error("its shape", $"[{b.Rows}, {b.Columns}]", $"[rows, {rank}] for each matrix, as '{a.Name}' is [{a.Rows}, {a.Columns}]");
        return new LowRankUpdate(
            checked((int)b.Dimension(1)), checked((int)a.Columns), checked((int)rank), TensorValues.Finite(a), TensorValues.Finite(b), Scale(rank), a.Rank == 3 ? checked((int)a.Dimension(2)) : 0);

        float Scale(long r) => alpha == 0 ? 1 : alpha / r;
    }

    private static void Require(GgufFile file, string key, string value)
    {
        if (file.Metadata.GetString(key) is var found && found != value)
            throw file.Metadata.GetValue(key).Error(file.Metadata.GetValue(key).ToString(), $"'{value}'");
    }
}
