using System.CommandLine;
using KernelFoundry.Inference.Decoding;
using KernelFoundry.Inference.Generation;
using KernelFoundry.Inference.Models;

namespace KernelFoundry.Cli.Commands;

/// <summary>The options of guidance: a second forward pass, of the same model on another prompt or of a weaker model on the same.</summary>
internal static class GuidanceFlags
{
    private static readonly Option<float> s_scale = new("--guidance")
    {
        HelpName = "S",
        Description = "Move each logit by S times its distance from that of a second pass; needs --negative-prompt.",
    };

    private static readonly Option<string?> s_negative = new("--negative-prompt") { HelpName = "TEXT", Description = "What the second pass continues, with the same text behind it." };
    private static readonly Option<float> s_plausibility = new("--plausibility") { HelpName = "P", Description = "Ban tokens less probable than P times the best before guidance." };

    public static OptionGroup Group { get; } = new("Guidance, at the cost of a second pass", s_scale, s_negative, s_plausibility);

    /// <summary>What they ask for; null for no guidance.</summary>
    /// <exception cref="UsageException">One is given without the others, or the prompt is too long.</exception>
    public static Guide? Read(ParseResult parsed, LanguageModel model, int maxTokens)
    {
        float scale = parsed.GetValue(s_scale);
        string? negative = parsed.GetValue(s_negative);
        if (scale == 0 != negative is null)
            throw new UsageException($"{s_scale.Name} and {s_negative.Name} go together: give both, or neither.");
        if (negative is null)
            return parsed.GetValue(s_plausibility) == 0 ? null : throw new UsageException($"{s_plausibility.Name} needs {s_scale.Name}.");
        return UsageException.Check(() =>
        {
            int[] prompt = new TextGenerator(model).Encode(negative);
            int capacity = (int)Math.Min((long)prompt.Length + maxTokens, model.Configuration.ContextLength);
            return new Guide(new ModelPass(model, prompt, capacity), scale, parsed.GetValue(s_plausibility));
        });
    }

    /// <summary>Guidance of one text.</summary>
    internal sealed class Guide(ModelPass pass, float scale, float plausibility) : IDisposable
    {
        public LogitsProcessor Begin() => new Guidance(pass, scale, plausibility);

        public void Dispose() => pass.Dispose();
    }
}
