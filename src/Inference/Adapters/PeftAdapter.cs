using KernelFoundry.Inference.Formats;
using KernelFoundry.Inference.Formats.Safetensors;
using KernelFoundry.Inference.HuggingFace;
using KernelFoundry.Inference.Tokenizers.Files.Json;

namespace KernelFoundry.Inference.Adapters;

/// <summary>
/// Adapters as Hugging Face's PEFT saves them: <c>adapter_config.json</c>, and <c>adapter_model.safetensors</c> with tensors
/// <c>base_model.model.NAME.lora_A.weight</c> and <c>lora_B</c>, of embeddings <c>lora_embedding_A</c> and <c>lora_embedding_B</c>. Rows of B move as those of the
/// matrix do when it becomes GGUF; experts' matrices, each with a pair of its own, are stacked. <see cref="PeftParts"/> has those of tensors that become several.
/// </summary>
internal static class PeftAdapter
{
    private const string Start = "base_model.model.", A = ".lora_A.weight", B = ".lora_B.weight", EmbeddingA = ".lora_embedding_A", EmbeddingB = ".lora_embedding_B";

    public static Dictionary<string, LowRankUpdate> Read(string folder, GgufFile model)
    {
        string configPath = Path.Combine(folder, "adapter_config.json");
        using var document = TokenizerJson.Parse(File.ReadAllBytes(configPath), configPath);
        var config = new JsonField(document.RootElement, configPath, "");
        Check(config);
        string name = model.Metadata.GetString("general.architecture");
        HuggingFaceArchitecture architecture = HuggingFaceArchitectures.All.FirstOrDefault(row => row.Name == name)
            ?? throw model.Metadata.GetValue("general.architecture").Error($"'{name}', whose tensors have no known names in such folders", string.Join(", ", HuggingFaceArchitectures.All.Select(row => row.Name)));
        var order = new RowOrder(Count(model, name, "attention.head_count", 1), Count(model, name, "attention.head_count_kv", Count(model, name, "attention.head_count", 1)));
        double alpha = config["lora_alpha"].Number();
        bool byRoot = config["use_rslora"].Boolean(false);
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(folder, "adapter_model.safetensors"));
        var updates = new Dictionary<string, LowRankUpdate>(StringComparer.Ordinal);
        var experts = new Dictionary<string, SortedDictionary<int, LowRankUpdate>>(StringComparer.Ordinal);
        foreach (SafetensorsTensor a in file.Tensors)
        {
            var (first, second) = a.Name.EndsWith(EmbeddingA, StringComparison.Ordinal) || a.Name.EndsWith(EmbeddingB, StringComparison.Ordinal) ? (EmbeddingA, EmbeddingB) : (A, B);
            if (a.Name.EndsWith(second, StringComparison.Ordinal) && file.Find(a.Name[..^second.Length] + first) is not null)
                continue;
            if (!a.Name.StartsWith(Start, StringComparison.Ordinal) || !a.Name.EndsWith(first, StringComparison.Ordinal))
                throw a.Error("its name", "of no part of a LoRA adapter", $"names that begin with {Start} and end in {A} or {B}, or {EmbeddingA} or {EmbeddingB}, in pairs");
            string module = a.Name[Start.Length..^first.Length];
            SafetensorsTensor b = file.Find(a.Name[..^first.Length] + second) ?? throw a.Error("it", "alone", $"'{module}{second}' beside it");
            if (PeftParts.OfStack(architecture, module, a, b, model) is { } parts)
            {
                AddAll(parts, a);
                continue;
            }

            string pattern = TensorNaming.Generalize(TensorNaming.WithoutPrefix(architecture, module + ".weight"), out List<int> numbers);
            var (rule, target) = TensorNaming.Find(architecture, pattern, numbers)
                ?? throw a.Error("its name", $"of no matrix of architecture '{name}'", "the names that its class gives tensors");
            if (rule.Transform == TensorTransform.LatentKeys)
            {
                AddAll(PeftParts.OfLatent(rule, target, numbers, a, b, model), a);
                continue;
            }

            LowRankUpdate update = first == A ? Update(a, b, rule, order) : OfEmbeddings(a, b);
            if (numbers.Count < 2)
            {
                AddAll([(target, update)], a);
            }
            else
            {
                if (!experts.TryGetValue(target, out SortedDictionary<int, LowRankUpdate>? those))
                    experts.Add(target, those = []);
                if (!those.TryAdd(numbers[1], update))
                    throw Twice(a);
            }
        }

        foreach (var (target, those) in experts)
            updates.Add(target, Stacked(file.Name, target, those, Count(model, name, "expert_count", 1)));
        return updates.ToDictionary(entry => entry.Key, entry => entry.Value with { Scale = (float)(alpha / (byRoot ? Math.Sqrt(entry.Value.Rank) : entry.Value.Rank)) }, StringComparer.Ordinal);

        void AddAll(IEnumerable<(string Target, LowRankUpdate Update)> added, SafetensorsTensor a)
        {
            foreach (var (target, update) in added)
            {
                if (!updates.TryAdd(target, update))
                    throw Twice(a);
            }
        }
    }

    private static InvalidModelException Twice(SafetensorsTensor a) => a.Error("it", "the second for one matrix", "one pair a matrix");

    private static LowRankUpdate Update(SafetensorsTensor a, SafetensorsTensor b, TensorRule rule, RowOrder order)
    {
        if (a.Shape.Count != 2 || b.Shape.Count != 2 || a.Shape[0] != b.Shape[1] || a.Shape[0] == 0 || !order.Fits(rule.Transform, b.Shape[0]))
            throw b.Error("its shape", $"[{string.Join(", ", b.Shape)}]", $"[rows, rank], with '{a.Name}' of [{string.Join(", ", a.Shape)}]");
        int rank = checked((int)a.Shape[0]), rows = checked((int)b.Shape[0]);
        float[] stored = Values(b), moved = new float[stored.Length];
        for (int row = 0; row < rows; row++)
            stored.AsSpan((int)order.Source(rule.Transform, row, rows) * rank, rank).CopyTo(moved.AsSpan(row * rank));
        return new LowRankUpdate(rows, checked((int)a.Shape[1]), rank, Values(a), moved);
    }

    // A is [rank, tokens] and B [columns, rank]: what is looked up is a column of A.
    private static LowRankUpdate OfEmbeddings(SafetensorsTensor a, SafetensorsTensor b)
    {
        if (a.Shape.Count != 2 || b.Shape.Count != 2 || a.Shape[0] != b.Shape[1] || a.Shape[0] == 0)
            throw b.Error("its shape", $"[{string.Join(", ", b.Shape)}]", $"[columns, rank], with '{a.Name}' of [{string.Join(", ", a.Shape)}]");
        int rank = checked((int)a.Shape[0]), tokens = checked((int)a.Shape[1]), columns = checked((int)b.Shape[0]);
        return new LowRankUpdate(tokens, columns, rank, LowRankUpdate.Transposed(Values(b), columns, rank), LowRankUpdate.Transposed(Values(a), rank, tokens));
    }

    // Experts without a pair get one of zeros.
    private static LowRankUpdate Stacked(string file, string target, SortedDictionary<int, LowRankUpdate> experts, int count)
    {
        LowRankUpdate first = experts.First().Value;
        if (count * Math.Max((long)first.A.Length, first.B.Length) > int.MaxValue || experts.Any(entry => entry.Key >= count || (entry.Value.Rows, entry.Value.Columns, entry.Value.Rank) != (first.Rows, first.Columns, first.Rank)))
            throw new InvalidModelException(file, $"the adapters of '{target}'", "of different shapes, or of experts that the model does not have", $"matrices of one shape and rank, for at most {count} experts");
        float[] a = new float[checked(count * first.A.Length)], b = new float[checked(count * first.B.Length)];
        foreach (var (expert, update) in experts)
        {
            update.A.CopyTo(a, expert * first.A.Length);
            update.B.CopyTo(b, expert * first.B.Length);
        }

        return first with { A = a, B = b, Matrices = count };
    }

    // What changes the sum in ways that are not built.
    private static void Check(JsonField config)
    {
        if (config["peft_type"].String() != "LORA")
            throw config["peft_type"].Error(config["peft_type"].Describe(), "'LORA'");
        if (config["use_dora"].Boolean(false))
            throw config["use_dora"].Error("true", "false");
        if ((config["bias"].OptionalString() ?? "none") != "none")
            throw config["bias"].Error(config["bias"].Describe(), "'none'");
        if (config["modules_to_save"] is { IsNull: false } saved && saved.Count > 0)
            throw config["modules_to_save"].Error("a list", "null");
        if (config["alpha_pattern"] is { IsNull: false } pattern && pattern.Properties().Any())
            throw config["alpha_pattern"].Error("an object with entries", "an empty one");
    }

    private static int Count(GgufFile model, string architecture, string key, int absent) =>
        model.Metadata.TryGetUInt32($"{architecture}.{key}", out uint value) && value is > 0 and <= int.MaxValue ? (int)value : absent;

    internal static float[] Values(SafetensorsTensor tensor)
    {
        TensorCodec codec = tensor.Type.Ggml is GgmlType.F32 or GgmlType.F16 or GgmlType.BF16
            ? TensorCodecs.Of(tensor.Type.Ggml.Value)
            : throw tensor.Error("its dtype", $"{tensor.Type}", "F32, F16 or BF16");
        var values = new float[checked((int)tensor.ElementCount)];
        codec.Decode(tensor.Data, values);
        int wrong = Array.FindIndex(values, value => !float.IsFinite(value));
        return wrong < 0 ? values : throw tensor.Error($"element {wrong}", $"{values[wrong]}", "a finite number");
    }
}
