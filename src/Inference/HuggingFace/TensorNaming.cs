using System.Globalization;

namespace KernelFoundry.Inference.HuggingFace;

/// <summary>Finds the rule for a tensor by its name.</summary>
internal static class TensorNaming
{
    /// <summary>The rule, and what the tensor becomes in GGUF; null where there is no rule.</summary>
    public static (TensorRule Rule, string Target)? Find(HuggingFaceArchitecture architecture, string name) =>
        Find(architecture, Generalize(WithoutPrefix(architecture, name), out List<int> numbers), numbers);

    /// <summary>The same of a name whose numbers were taken out. Old files of BERT call weights and biases of norms gamma and beta.</summary>
    public static (TensorRule Rule, string Target)? Find(HuggingFaceArchitecture architecture, string pattern, List<int> numbers)
    {
        if (architecture.Rules.TryGetValue(pattern, out TensorRule? whole) && whole.IsWhole)
            return (whole, Target(whole, numbers));
        int dot = pattern.LastIndexOf('.');
        string? ending = dot < 0 ? null : pattern[dot..] switch
        {
            ".weight" or ".gamma" => ".weight",
            ".bias" or ".beta" => ".bias",
            _ => null,
        };
        if (ending is null || !architecture.Rules.TryGetValue(pattern[..dot], out TensorRule? rule) || rule.IsWhole)
            return null;
        return (rule, Target(rule, numbers) + ending);
    }

    /// <summary>What a tensor becomes besides, with an ending as it has.</summary>
    public static IEnumerable<(TensorRule Rule, string Target)> Others(TensorRule rule, string target, List<int> numbers)
    {
        string ending = rule.IsWhole ? "" : target[target.LastIndexOf('.')..];
        for (TensorRule? other = rule.Also; other is not null; other = other.Also)
            yield return (other, Target(other, numbers) + ending);
    }

    /// <summary>A rule and those beside it, with what each makes of a tensor; of rules whose names are whole.</summary>
    public static IEnumerable<(TensorRule Rule, string Target)> Parts(TensorRule rule, List<int> numbers)
    {
        string target = Target(rule, numbers);
        return [(rule, target), .. Others(rule, target, numbers)];
    }

    private static string Target(TensorRule rule, List<int> numbers) => string.Format(CultureInfo.InvariantCulture, rule.Target, numbers.Cast<object>().FirstOrDefault(0));

    /// <summary>Whether the tensor is left out.</summary>
    public static bool IsIgnored(HuggingFaceArchitecture architecture, string pattern) => architecture.Ignored.Any(ignored =>
        ignored.EndsWith('*') ? pattern.StartsWith(ignored[..^1], StringComparison.Ordinal) : pattern == ignored);

    /// <summary>A name as the rules begin it.</summary>
    public static string WithoutPrefix(HuggingFaceArchitecture architecture, string name)
    {
        foreach (var (from, to) in architecture.Prefixes)
        {
            if (name.StartsWith(from, StringComparison.Ordinal))
                return to + name[from.Length..];
        }

        return name;
    }

    /// <summary>A name with {0}, {1} for the numbers between its dots.</summary>
    public static string Generalize(string name, out List<int> numbers)
    {
        numbers = [];
        string[] parts = name.Split('.');
        for (int i = 0; i < parts.Length; i++)
        {
            if (numbers.Count < 2 && int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number.ToString(CultureInfo.InvariantCulture) == parts[i])
            {
                parts[i] = $"{{{numbers.Count}}}";
                numbers.Add(number);
            }
        }

        return string.Join('.', parts);
    }
}
