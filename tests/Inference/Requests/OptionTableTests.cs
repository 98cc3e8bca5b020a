using KernelFoundry.Inference.Decoding;
using KernelFoundry.Inference.Generation;
using KernelFoundry.Inference.Models;
using KernelFoundry.Inference.Tests.Models;

namespace KernelFoundry.Inference.Tests.Requests;

/// <summary>Every setting of the decoding stack can be reached by name, and every name reaches one.</summary>
public sealed class OptionTableTests
{
    // What has no name, and why.
    private static readonly Dictionary<string, string> s_unnamed = new()
    {
        ["DecodingRequest.Generation"] = "its settings have names", ["DecodingRequest.Guidance"] = "its settings have names", ["DecodingRequest.Search"] = "its settings have names",
        ["DecodingRequest.Drafts"] = "its settings have names", ["GenerationOptions.Decoding"] = "its settings have names", ["GenerationOptions.Speculation"] = "made of DraftOptions",
        ["GenerationOptions.Temperature"] = "that of DecodingOptions", ["GenerationOptions.TopK"] = "that of DecodingOptions", ["GenerationOptions.TopP"] = "that of DecodingOptions",
        ["GenerationOptions.MinP"] = "that of DecodingOptions", ["GenerationOptions.Seed"] = "that of DecodingOptions",
        ["GenerationOptions.Pipeline"] = "code", ["GenerationOptions.PrefillProgress"] = "code", ["DecodingOptions.Processors"] = "code",
        ["GenerationOptions.PromptCache"] = "--load-cache and --save-cache of kf generate; a chat's session has its own",
    };

    private static readonly Type[] s_unnamedTypes = [typeof(Callback)];

    public static TheoryData<string> Names => [.. DecodingOptionTable.Options.Keys];

    [Fact]
    public void EverySettingHasAName()
    {
        using LanguageModel model = new TinyModel().Open(Device.Reference);
        string[] reached = [.. DecodingOptionTable.Options.Values.SelectMany(option => SampleOptions.With(option, model).Changed).Distinct()];
        Assert.Empty(SampleOptions.Settings().Except(reached).Except(s_unnamed.Keys));
        Assert.Empty(reached.Intersect(s_unnamed.Keys));
        Assert.Empty(s_unnamed.Keys.Except(SampleOptions.Settings()));
    }

    [Fact]
    public void EveryProcessorTruncationAndDrafterHasAName()
    {
        using LanguageModel model = new TinyModel().Open(Device.Reference);
        var found = new HashSet<Type>();
        foreach (DecodingOption option in DecodingOptionTable.Options.Values)
        {
            (DecodingOption, object)[] given = [.. SampleOptions.Needed(option), (option, SampleOptions.With(option, model).Value)];
            DecodingOption temperature = DecodingOptionTable.Options["temperature"];
            DecodingRequest[] requests = [DecodingOptionTable.Read(given, SampleOptions.Sources(model)), .. Drawn()];
            foreach (DecodingRequest request in requests)
            {
                using var plan = new DecodingPlan(request, model);
                GenerationOptions options = plan.For(model.Tokenizer.Encode("the ab", addBos: true)).Options;
                DecodingPipeline pipeline = options.ToPipeline([2]);
                found.UnionWith(pipeline.Processors.Select(each => each.GetType()));
                found.UnionWith(pipeline.Truncations.Select(each => each.GetType()));
                found.UnionWith(options.Speculation is { } drafts ? [drafts.Drafts.GetType()] : []);
            }

            IEnumerable<DecodingRequest> Drawn()
            {
                if (given.Any(each => each.Item1 == temperature))
                    yield break;
                DecodingRequest? drawn = null;
                try
                {
                    drawn = DecodingOptionTable.Read([.. given, (temperature, 1)], SampleOptions.Sources(model));
                }
                catch (ArgumentException)
                {
                    // Some searches do not draw.
                }

                if (drawn is not null)
                    yield return drawn;
            }
        }

        found.Add(typeof(Mirostat1));
        DecodingRequest first = DecodingOptionTable.Read([(DecodingOptionTable.Options["mirostat"], 1), (DecodingOptionTable.Options["temperature"], 1)], SampleOptions.Sources(model));
        Assert.IsType<Mirostat1>(Assert.Single(first.Generation.ToPipeline([2]).Truncations));
        Type[] all = [.. typeof(LogitsProcessor).Assembly.GetTypes().Where(type => !type.IsAbstract
            && (type.IsSubclassOf(typeof(LogitsProcessor)) || type.IsSubclassOf(typeof(TruncationStep)) || type.IsSubclassOf(typeof(DraftMethod))))];
        Assert.Empty(all.Except(found).Except(s_unnamedTypes).Select(type => type.Name));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void AValueThatIsNoneNamesItsOption(string name)
    {
        using LanguageModel model = new TinyModel().Open(Device.Reference);
        DecodingOption option = DecodingOptionTable.Options[name];
        foreach (object value in new object[] { new object(), new Dictionary<string, object> { ["x"] = "y" } })
        {
            var error = Assert.Throws<ArgumentException>(() => DecodingOptionTable.Read([.. SampleOptions.Needed(option), (option, value)], SampleOptions.Sources(model) with { NameOf = each => $"<{each.Name}>" }));
            Assert.Contains($"<{name}> is '", error.Message, StringComparison.Ordinal);
        }
    }

    // At the ends of every type an option is taken, and the text comes, or is refused by name.
    [Theory]
    [MemberData(nameof(Names))]
    public void ExtremesAreTakenOrRefusedByName(string name)
    {
        using Device device = TestDevices.Open("cpu-1");
        using LanguageModel model = new TinyModel().Open(device);
        DecodingOption option = DecodingOptionTable.Options[name];
        int[] prompt = model.Tokenizer.Encode("the ab", addBos: true);
        foreach (object value in new object[]
            {
                int.MinValue, int.MaxValue, -1, 0, 1, long.MinValue, long.MaxValue, uint.MaxValue, float.NaN, double.PositiveInfinity, double.NegativeInfinity, 1e300, -1e300, float.Epsilon, -0.0,
                float.MaxValue, "", "NaN", "-inf", "5=NaN", "5=inf", "the=nan", "2147483647=1",
            })
        {
            (DecodingOption, object)[] given = [.. SampleOptions.Needed(option), (option, value)];
            if (given.All(each => each.Item1.Name is not ("max_tokens" or "min_tokens")))
                given = [.. given, (DecodingOptionTable.Options["max_tokens"], 2)];
            DecodingRequest request;
            try
            {
                request = DecodingOptionTable.Read(given, SampleOptions.Sources(model) with { NameOf = each => $"<{each.Name}>" });
            }
            catch (ArgumentException error)
            {
                // A value that is the one without the option leaves what needs it to blame.
                Assert.True(given.Any(each => error.Message.Contains($"<{each.Item1.Name}>", StringComparison.Ordinal)), $"{name} {value}: {error.Message}");
                if (!Equals($"{value}".TrimStart('-'), option.Standard))
                    Assert.True(error.Message.Contains($"<{name}>", StringComparison.Ordinal), $"{name} {value}: {error.Message}");
                continue;
            }

            using var plan = new DecodingPlan(request, model);
            try
            {
                if (plan.Searches)
                {
                    Assert.All(plan.Search(prompt, TestContext.Current.CancellationToken), each => Assert.InRange(each.Tokens.Count, 0, 48));
                    continue;
                }

                (int[] taken, GenerationOptions options) = plan.For(prompt);
                GenerationChunk last = new TextGenerator(model).Generate(taken, options, TestContext.Current.CancellationToken).Last();
                Assert.True(last.FinishReason is FinishReason.Length or FinishReason.Stop or FinishReason.Context, $"{name} {value}: {last.FinishReason}");
            }
            catch (Exception error) when (error is not Xunit.Sdk.IAssertionException)
            {
                Assert.Fail($"{name} {value}: {error}");
            }
        }
    }

    public static TheoryData<string, string[]> Contradictions => new()
    {
        { "regex json_value", ["regex=a", "json_value=true"] },
        { "choices regex", ["regex=a", "choices=b"] },
        { "mirostat top_k", ["temperature=1", "mirostat=1", "top_k=4"] },
        { "entropy_scale high_temperature", ["temperature=1", "high_temperature=2", "entropy_scale=1"] },
        { "high_temperature", ["high_temperature=2"] },
        { "end_after min_tokens", ["min_tokens=9", "end_after=3"] },
        { "allowed_tokens banned_tokens", ["allowed_tokens=5", "banned_tokens=5"] },
        { "beams best_of", ["beams=2", "best_of=2", "temperature=1"] },
        { "beams contrastive", ["beams=2", "contrastive=2"] },
        { "beams top_k", ["beams=2", "top_k=2", "temperature=1"] },
        { "beams stop", ["beams=2", "stop=a"] },
        { "beams logprobs", ["beams=2", "logprobs=1"] },
        { "beams draft_lookup", ["beams=2", "draft_lookup=1"] },
        { "beams results", ["beams=2", "results=3"] },
        { "results", ["results=2"] },
        { "beam_groups beams", ["beams=3", "beam_groups=2"] },
        { "best_of", ["best_of=2"] },
        { "include beam_sample", ["include=the", "beams=4", "beam_sample=true"] },
        { "draft_lookup draft_recycling", ["draft_lookup=2", "draft_recycling=4"] },
        { "verifier", ["verifier=exact"] },
        { "draft_longest_match draft_shortest_match", ["draft_lookup=2", "draft_longest_match=2", "draft_shortest_match=3"] },
        { "guidance", ["guidance=1"] },
        { "negative_prompt", ["negative_prompt=a"] },
        { "plausibility", ["plausibility=0.5"] },
        { "backspace_token stop_tokens", ["backspace_token=5", "stop_tokens=5"] },
    };

    [Theory]
    [MemberData(nameof(Contradictions))]
    public void ContradictionsAreNamed(string named, string[] given)
    {
        using LanguageModel model = new TinyModel().Open(Device.Reference);
        (DecodingOption, object)[] options = [.. given.Select(each => (DecodingOptionTable.Options[each[..each.IndexOf('=')]], (object)each[(each.IndexOf('=') + 1)..]))];
        var error = Assert.Throws<ArgumentException>(() => DecodingOptionTable.Read(options, SampleOptions.Sources(model) with { NameOf = each => $"<{each.Name}>" }));
        foreach (string name in named.Split(' '))
            Assert.Contains($"<{name}>", error.Message, StringComparison.Ordinal);
    }
}
