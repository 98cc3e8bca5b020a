using static KernelFoundry.Inference.Decoding.OptionKinds;

namespace KernelFoundry.Inference.Decoding;

/// <summary>Options of the usual pipeline, <see cref="DecodingOptions"/>, in its order.</summary>
internal static class SamplingRows
{
    public static OptionRows<DecodingOptions> Rows { get; } = new(r => r.Generation.Decoding!, (r, part) => r with { Generation = r.Generation with { Decoding = part } });

    public static DecodingOptionGroup Temperature { get; } = new("Temperature",
    [
        Rows.Row("temperature", Number, "T", "temperature", "0 takes the most probable token every time.", o => o.Temperature, (o, x) => o with { Temperature = x }, chat: "Temperature"),
        Rows.Row("high_temperature", Number, "T", "dynamic-temperature", "Follow the entropy from the temperature up to this; 0 is off.", o => o.HighTemperature, (o, x) => o with { HighTemperature = x }),
        Rows.Row("temperature_exponent", Number, "E", "dynamic-temperature", "How the entropy's share counts between the two.", o => o.TemperatureExponent, (o, x) => o with { TemperatureExponent = x }),
        Rows.Row("entropy_scale", Number, "NATS", "entropy-temperature", "Sharpen where the model is sure, by 0.8^(NATS / entropy).", o => o.EntropyScale, (o, x) => o with { EntropyScale = x }),
        Rows.Row("seed", Seed, "S", "draw", "Seed of the random numbers, 0 to 2^32 - 1; a new one every time if absent.", o => o.Seed, (o, x) => o with { Seed = x }, chat: "Seed"),
    ]);

    public static DecodingOptionGroup Penalties { get; } = new("Biases, bans and penalties",
    [
        Rows.Row("logit_bias", TokenBiases, "TOKEN=B", "logit-bias", "Add B to a token's logit; -inf bans it. A token is an id, or a text that is one token.", o => o.LogitBias, (o, x) => o with { LogitBias = x }),
        Rows.Row("sequence_bias", WordBiases, "TEXT=B", "sequence-bias", "Add B to the last token of a text where the others precede it.", o => o.SequenceBiases, (o, x) => o with { SequenceBiases = x }),
        Rows.Row("bad_words", Words, "TEXT", "bad-words", "Never complete this text, as it is tokenized at a beginning and after a space.", o => o.BadWords, (o, x) => o with { BadWords = x }, flag: "--bad-word"),
        Rows.Row("banned_tokens", Tokens, "TOKEN", "token-masks", "Never take this token.", o => o.BannedTokens, (o, x) => o with { BannedTokens = x }, flag: "--ban-token"),
        Rows.Row("allowed_tokens", OptionalTokens, "TOKEN", "token-masks", "Take no tokens but these, the one that ends the text among them if it is to end.", o => o.AllowedTokens, (o, x) => o with { AllowedTokens = x }, flag: "--allow-token"),
        Rows.Row("repetition_penalty", Number, "R", "repetition-penalty", "Divide logits of tokens that occurred by R.", o => o.RepetitionPenalty, (o, x) => o with { RepetitionPenalty = x }),
        Rows.Row("prompt_bonus", Number, "R", "prompt-bonus", "Multiply logits of the prompt's tokens by R.", o => o.PromptBonus, (o, x) => o with { PromptBonus = x }),
        Rows.Row("frequency_penalty", Number, "F", "occurrence-penalties", "Take F off a logit each time its token was generated.", o => o.FrequencyPenalty, (o, x) => o with { FrequencyPenalty = x }, chat: "FrequencyPenalty"),
        Rows.Row("presence_penalty", Number, "F", "occurrence-penalties", "Take F off a logit if its token was generated.", o => o.PresencePenalty, (o, x) => o with { PresencePenalty = x }, chat: "PresencePenalty"),
        Rows.Row("penalize_prompt", Switch, "", "occurrence-penalties", "Let these two count the prompt's tokens too.", o => o.PenalizesPrompt, (o, x) => o with { PenalizesPrompt = x }),
        Rows.Row("penalty_window", Count, "N", "repetition-penalty", "Last tokens that penalties look at; 0 for all.", o => o.PenaltyWindow, (o, n) => o with { PenaltyWindow = n }),
        Rows.Row("no_repeat_ngram", Count, "N", "no-repeat-ngram", "Repeat no run of N tokens; 0 is off.", o => o.NoRepeatNGram, (o, n) => o with { NoRepeatNGram = n }),
        Rows.Row("no_repeat_ngram_window", Count, "N", "no-repeat-ngram", "Last tokens that are searched for such runs; 0 for all.", o => o.NoRepeatNGramWindow, (o, n) => o with { NoRepeatNGramWindow = n }),
        Rows.Row("dry_multiplier", Number, "M", "dry", "Penalize tokens that lengthen a repetition by M B^(length - L).", o => o.DryMultiplier, (o, x) => o with { DryMultiplier = x }),
        Rows.Row("dry_base", Number, "B", "dry", "The B of it.", o => o.DryBase, (o, x) => o with { DryBase = x }),
        Rows.Row("dry_allowed_length", Count, "L", "dry", "The L of it.", o => o.DryAllowedLength, (o, n) => o with { DryAllowedLength = n }),
        Rows.Row("dry_breakers", Tokens, "TOKEN", "dry", "No repetition goes across this token.", o => o.DryBreakers, (o, x) => o with { DryBreakers = x }, flag: "--dry-breaker"),
    ]);

    public static DecodingOptionGroup Truncations { get; } = new("Truncation, in this order",
    [
        Rows.Row("top_k", Count, "K", "top-k", "Draw from the K most probable tokens; 0 for all.", o => o.TopK, (o, n) => o with { TopK = n }, chat: "TopK"),
        Rows.Row("tail_free", Number, "Z", "tail-free", "Draw from tokens before the sorted probabilities flatten; 1 for all.", o => o.TailFree, (o, x) => o with { TailFree = x }),
        Rows.Row("typical", Number, "P", "typical", "Draw from the tokens of most typical surprise that have probability P together.", o => o.Typical, (o, x) => o with { Typical = x }),
        Rows.Row("top_a", Number, "A", "top-a", "Draw from tokens at least A times as probable as the best squared.", o => o.TopA, (o, x) => o with { TopA = x }),
        Rows.Row("top_n_sigma", OptionalNumber, "N", "top-n-sigma", "Draw from logits at most N standard deviations below the best.", o => o.TopNSigma, (o, x) => o with { TopNSigma = x }),
        Rows.Row("eta_cut", Number, "E", "eta-cut", "Draw from tokens above min(E, sqrt(E) exp(-entropy)).", o => o.EtaCut, (o, x) => o with { EtaCut = x }),
        Rows.Row("epsilon_cut", Number, "E", "epsilon-cut", "Draw from tokens of probability E or more.", o => o.EpsilonCut, (o, x) => o with { EpsilonCut = x }),
        Rows.Row("top_p", Number, "P", "top-p", "Draw from the most probable tokens that have probability P together.", o => o.TopP, (o, x) => o with { TopP = x }, chat: "TopP"),
        Rows.Row("min_p", Number, "P", "min-p", "Draw from tokens at least P times as probable as the best.", o => o.MinP, (o, x) => o with { MinP = x }),
        Rows.Row("xtc_probability", Number, "P", "xtc", "How often to drop all tokens above the threshold but the last.", o => o.XtcProbability, (o, x) => o with { XtcProbability = x }),
        Rows.Row("xtc_threshold", Number, "P", "xtc", "The threshold of it.", o => o.XtcThreshold, (o, x) => o with { XtcThreshold = x }),
        Rows.Row("mirostat", Count, "V", "mirostat", "Keep surprise near a target: version 1 or 2; 0 is off.", o => o.Mirostat, (o, n) => o with { Mirostat = n }),
        Rows.Row("mirostat_target", Number, "BITS", "mirostat", "The surprise a token to keep to.", o => o.MirostatTarget, (o, x) => o with { MirostatTarget = x }),
        Rows.Row("mirostat_rate", Number, "R", "mirostat", "How fast it adapts.", o => o.MirostatRate, (o, x) => o with { MirostatRate = x }),
        Rows.Row("mirostat_tokens", Count, "N", "mirostat", "Version 1: how many tokens it estimates their fall-off from.", o => o.MirostatTokens, (o, n) => o with { MirostatTokens = n }),
    ]);
}
