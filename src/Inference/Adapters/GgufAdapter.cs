using KernelFoundry.Inference.Formats;

namespace KernelFoundry.Inference.Adapters;

/// <summary>
/// Adapters in GGUF as llama.cpp has them: <c>general.type</c> is <c>adapter</c>, <c>adapter.type</c> is <c>lora</c>, and for each matrix NAME there are
/// <c>NAME.lora_a</c>, [rank, columns], and <c>NAME.lora_b</c>, [rows, rank].
/// </summary>
internal static class GgufAdapter
{
    private const string A = ".lora_a", B = ".lora_b";

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
            GgufTensor b = file.Tensors[name[..^A.Length] + B];
            if (a.Rank != 2 || b.Rank != 2 || b.Columns != a.Rows)
                throw b.Error("its shape", $"[{b.Rows}, {b.Columns}]", $"[rows, {a.Rows}], as '{name}' is [{a.Rows}, {a.Columns}]");
            updates.Add(name[..^A.Length], new LowRankUpdate(
                checked((int)b.Rows), checked((int)a.Columns), checked((int)a.Rows), TensorValues.Finite(a), TensorValues.Finite(b), alpha == 0 ? 1 : alpha / a.Rows));
        }

        return updates;
    }

    private static void Require(GgufFile file, string key, string value)
    {
        if (file.Metadata.GetString(key) is var found && found != value)
            throw file.Metadata.GetValue(key).Error(file.Metadata.GetValue(key).ToString(), $"'{value}'");
    }
}
