using System.CommandLine;
using System.Globalization;
using KernelFoundry.Inference.Decoding;

namespace KernelFoundry.Cli.Commands;

/// <summary>The options of a decoding pipeline.</summary>
internal static class SamplingFlags
{
    private static readonly DecodingOptions s_defaults = new();
    private static readonly Option<float> s_temperature = Number("--temperature", "T", "0 takes the most probable token every time.", s_defaults.Temperature);
    private static readonly Option<float> s_highTemperature = Number("--high-temperature", "T", "Follow the entropy from --temperature up to this; 0 is off.", 0f);
    private static readonly Option<float> s_entropyScale = Number("--entropy-scale", "NATS", "Sharpen where the model is sure, by 0.8^(NATS / entropy).", 0f);
    private static readonly Option<uint?> s_seed = new("--seed") { HelpName = "S", Description = "Seed of the random numbers, 0 to 2^32 - 1; a new one every time if absent." };
    private static readonly Option<int> s_topK = Number("--top-k", "K", "Draw from the K most probable tokens; 0 for all.", s_defaults.TopK);
    private static readonly Option<float> s_tailFree = Number("--tail-free", "Z", "Draw from tokens before the sorted probabilities flatten; 1 for all.", s_defaults.TailFree);
    private static readonly Option<float> s_typical = Number("--typical", "P", "Draw from the tokens of most typical surprise that have probability P together.", s_defaults.Typical);
    private static readonly Option<float> s_topA = Number("--top-a", "A", "Draw from tokens at least A times as probable as the best squared.", s_defaults.TopA);
    private static readonly Option<float?> s_topNSigma = new("--top-n-sigma") { HelpName = "N", Description = "Draw from logits at most N standard deviations below the best." };
    private static readonly Option<float> s_etaCut = Number("--eta-cut", "E", "Draw from tokens above min(E, sqrt(E) exp(-entropy)).", s_defaults.EtaCut);
    private static readonly Option<float> s_epsilonCut = Number("--epsilon-cut", "E", "Draw from tokens of probability E or more.", s_defaults.EpsilonCut);
    private static readonly Option<float> s_topP = Number("--top-p", "P", "Draw from the most probable tokens that have probability P together.", s_defaults.TopP);
    private static readonly Option<float> s_minP = Number("--min-p", "P", "Draw from tokens at least P times as probable as the best.", s_defaults.MinP);
    private static readonly Option<float> s_xtc = Number("--xtc-probability", "P", "How often to drop all tokens above --xtc-threshold but the last.", s_defaults.XtcProbability);
    private static readonly Option<float> s_xtcThreshold = Number("--xtc-threshold", "P", "See --xtc-probability.", s_defaults.XtcThreshold);
    private static readonly Option<int> s_mirostat = Number("--mirostat", "V", "Keep surprise near --mirostat-target: version 1 or 2; 0 is off.", 0);
    private static readonly Option<float> s_mirostatTarget = Number("--mirostat-target", "BITS", "Surprise a token to keep to.", s_defaults.MirostatTarget);
    private static readonly Option<float> s_mirostatRate = Number("--mirostat-rate", "R", "How fast mirostat adapts.", s_defaults.MirostatRate);
    private static readonly Option<float> s_repetition = Number("--repetition-penalty", "R", "Divide logits of tokens that occurred by R.", s_defaults.RepetitionPenalty);
    private static readonly Option<float> s_frequency = Number("--frequency-penalty", "F", "Take F off a logit each time its token was generated.", 0f);
    private static readonly Option<float> s_presence = Number("--presence-penalty", "F", "Take F off a logit if its token was generated.", 0f);
    private static readonly Option<int> s_window = Number("--penalty-window", "N", "Last tokens that penalties look at; 0 for all.", 0);
    private static readonly Option<int> s_ngram = Number("--no-repeat-ngram", "N", "Repeat no run of N tokens; 0 is off.", 0);
    private static readonly Option<float> s_dry = Number("--dry-multiplier", "M", "Penalize tokens that lengthen a repetition by M B^(length - L).", 0f);
    private static readonly Option<float> s_dryBase = Number("--dry-base", "B", "See --dry-multiplier.", s_defaults.DryBase);
    private static readonly Option<int> s_dryLength = Number("--dry-allowed-length", "L", "See --dry-multiplier.", s_defaults.DryAllowedLength);
    private static readonly Option<string[]> s_bias = new("--logit-bias") { HelpName = "ID=B", Description = "Add B to a token's logit; -inf bans it. Any number of times." };
    private static readonly Option<int> s_minimum = Number("--min-tokens", "N", "Least tokens to generate.", 0);

    /// <summary>The options, in the order a pipeline has.</summary>
    public static IReadOnlyList<OptionGroup> Groups { get; } =
    [
        new("Temperature", s_temperature, s_highTemperature, s_entropyScale, s_seed),
        new("Penalties and biases", s_repetition, s_frequency, s_presence, s_window, s_ngram, s_dry, s_dryBase, s_dryLength, s_bias, s_minimum),
        new("Truncation, in this order", s_topK, s_tailFree, s_typical, s_topA, s_topNSigma, s_etaCut, s_epsilonCut, s_topP, s_minP, s_xtc,
            s_xtcThreshold, s_mirostat, s_mirostatTarget, s_mirostatRate),
    ];

    /// <summary>Reads them.</summary>
    /// <exception cref="UsageException">One is not a number of its kind.</exception>
    public static DecodingOptions Read(ParseResult parsed) => new()
    {
        Temperature = parsed.GetValue(s_temperature),
        HighTemperature = parsed.GetValue(s_highTemperature),
        EntropyScale = parsed.GetValue(s_entropyScale),
        Seed = parsed.GetValue(s_seed),
        TopK = parsed.GetValue(s_topK),
        TailFree = parsed.GetValue(s_tailFree),
        Typical = parsed.GetValue(s_typical),
        TopA = parsed.GetValue(s_topA),
        TopNSigma = parsed.GetValue(s_topNSigma),
        EtaCut = parsed.GetValue(s_etaCut),
        EpsilonCut = parsed.GetValue(s_epsilonCut),
        TopP = parsed.GetValue(s_topP),
        MinP = parsed.GetValue(s_minP),
        XtcProbability = parsed.GetValue(s_xtc),
        XtcThreshold = parsed.GetValue(s_xtcThreshold),
        Mirostat = parsed.GetValue(s_mirostat),
        MirostatTarget = parsed.GetValue(s_mirostatTarget),
        MirostatRate = parsed.GetValue(s_mirostatRate),
        RepetitionPenalty = parsed.GetValue(s_repetition),
        FrequencyPenalty = parsed.GetValue(s_frequency),
        PresencePenalty = parsed.GetValue(s_presence),
        PenaltyWindow = parsed.GetValue(s_window),
        NoRepeatNGram = parsed.GetValue(s_ngram),
        DryMultiplier = parsed.GetValue(s_dry),
        DryBase = parsed.GetValue(s_dryBase),
        DryAllowedLength = parsed.GetValue(s_dryLength),
        MinimumLength = parsed.GetValue(s_minimum),
        LogitBias = Biases(parsed.GetValue(s_bias) ?? []),
    };

    private static Dictionary<int, float> Biases(string[] texts)
    {
        var biases = new Dictionary<int, float>();
        foreach (string text in texts)
        {
            string[] sides = text.Split('=');
            if (sides.Length != 2 || !int.TryParse(sides[0], NumberStyles.None, CultureInfo.InvariantCulture, out int id))
                throw new UsageException($"{s_bias.Name} is '{text}'; it is a token's id and a number, as in 13=-1.5.");
            bool isBan = sides[1] == "-inf";
            float bias = float.NegativeInfinity;
            if (!isBan && !float.TryParse(sides[1], NumberStyles.Float, CultureInfo.InvariantCulture, out bias))
                throw new UsageException($"{s_bias.Name} is '{text}'; '{sides[1]}' is no number.");
            if (!biases.TryAdd(id, bias))
                throw new UsageException($"{s_bias.Name} says token {id} twice.");
        }

        return biases;
    }

    private static Option<T> Number<T>(string name, string value, string description, T standard) =>
        new(name) { Description = description, HelpName = value, DefaultValueFactory = _ => standard };
}
