using System.Globalization;
using System.Text.Json;
using KernelFoundry.Inference.Decoding;
using Microsoft.Extensions.AI;

namespace KernelFoundry.Extensions.AI;

/// <summary>Settings of <see cref="DecodingOptions"/> that requests have no option of their own for, as additional properties.</summary>
internal static class SamplingProperties
{
    private static readonly Dictionary<string, Func<DecodingOptions, float, DecodingOptions>> s_numbers = new()
    {
        ["min_p"] = (o, x) => o with { MinP = x },
        ["high_temperature"] = (o, x) => o with { HighTemperature = x },
        ["entropy_scale"] = (o, x) => o with { EntropyScale = x },
        ["top_a"] = (o, x) => o with { TopA = x },
        ["top_n_sigma"] = (o, x) => o with { TopNSigma = x },
        ["epsilon_cut"] = (o, x) => o with { EpsilonCut = x },
        ["eta_cut"] = (o, x) => o with { EtaCut = x },
        ["typical"] = (o, x) => o with { Typical = x },
        ["tail_free"] = (o, x) => o with { TailFree = x },
        ["xtc_probability"] = (o, x) => o with { XtcProbability = x },
        ["xtc_threshold"] = (o, x) => o with { XtcThreshold = x },
        ["mirostat_target"] = (o, x) => o with { MirostatTarget = x },
        ["mirostat_rate"] = (o, x) => o with { MirostatRate = x },
        ["repetition_penalty"] = (o, x) => o with { RepetitionPenalty = x },
        ["dry_multiplier"] = (o, x) => o with { DryMultiplier = x },
        ["dry_base"] = (o, x) => o with { DryBase = x },
    };

    private static readonly Dictionary<string, Func<DecodingOptions, int, DecodingOptions>> s_counts = new()
    {
        ["mirostat"] = (o, n) => o with { Mirostat = n },
        ["penalty_window"] = (o, n) => o with { PenaltyWindow = n },
        ["no_repeat_ngram"] = (o, n) => o with { NoRepeatNGram = n },
        ["dry_allowed_length"] = (o, n) => o with { DryAllowedLength = n },
    };

    /// <summary>Their names.</summary>
    public static IEnumerable<string> Names => s_numbers.Keys.Concat(s_counts.Keys);

    /// <summary>Whether a name is one of them.</summary>
    public static bool Has(string name) => s_numbers.ContainsKey(name) || s_counts.ContainsKey(name);

    /// <summary>Settings with those of a request.</summary>
    /// <exception cref="ArgumentException">One is no number of its kind.</exception>
    public static DecodingOptions Apply(DecodingOptions settings, AdditionalPropertiesDictionary? properties)
    {
        foreach ((string name, object? value) in properties ?? [])
        {
            if (s_numbers.TryGetValue(name, out Func<DecodingOptions, float, DecodingOptions>? number))
                settings = number(settings, (float)Number(name, value));
            else if (s_counts.TryGetValue(name, out Func<DecodingOptions, int, DecodingOptions>? count))
                settings = count(settings, Count(name, value));
        }

        return settings;
    }

    /// <summary>A whole number.</summary>
    /// <exception cref="ArgumentException">It is none.</exception>
    public static int Count(string name, object? value) => Number(name, value) is var number && number == Math.Truncate(number) && Math.Abs(number) <= int.MaxValue
        ? (int)number
        : throw Wrong(name, value, "a whole number");

    private static double Number(string name, object? value)
    {
        try
        {
            return value is JsonElement json ? json.GetDouble() : Convert.ToDouble(value, CultureInfo.InvariantCulture);
        }
        catch (Exception error) when (error is InvalidOperationException or FormatException or InvalidCastException or OverflowException)
        {
            throw Wrong(name, value, "a number");
        }
    }

    private static ArgumentException Wrong(string name, object? value, string expected) =>
        new(FormattableString.Invariant($"ChatOptions.AdditionalProperties[\"{name}\"] is '{value}'; it must be {expected}."));
}
