using System.Collections;
using System.Reflection;
using KernelFoundry.Inference.Decoding;
using KernelFoundry.Inference.Generation;
using KernelFoundry.Inference.Models;

namespace KernelFoundry.Inference.Tests.Requests;

/// <summary>A value for every option of the table that changes something, and what an option needs beside it.</summary>
internal static class SampleOptions
{
    private const string SomeModel = "a model";

    private static readonly object[] s_values =
    [
        "0.25", "0.5", "1.5", "3", "2", true, "5=1", "the=1", "ab", "root ::= \"a\"", "start: \"a\"", "{\"type\":\"object\"}", "[{\"name\":\"f\"}]", SomeModel, "2,1",
    ];

    private static readonly Dictionary<string, (string Name, object Value)[]> s_needed = new()
    {
        ["high_temperature"] = [("temperature", 0.1)],
        ["temperature_exponent"] = [("temperature", 0.5), ("high_temperature", 1)],
        ["entropy_scale"] = [("temperature", 0.5)],
        ["guidance"] = [("negative_prompt", "the")],
        ["negative_prompt"] = [("guidance", 1)],
        ["amateur_model"] = [("guidance", 1)],
        ["plausibility"] = [("guidance", 1), ("negative_prompt", "the")],
        ["beam_groups"] = [("beams", 6)],
        ["diversity_penalty"] = [("beams", 4), ("beam_groups", 2)],
        ["beam_sample"] = [("beams", 2)],
        ["early_stopping"] = [("beams", 2)],
        ["coverage_penalty"] = [("beams", 2)],
        ["degeneration_penalty"] = [("contrastive", 2)],
        ["length_penalty"] = [("beams", 2)],
        ["gnmt_length_penalty"] = [("beams", 2), ("length_penalty", 1)],
        ["best_of"] = [("temperature", 1)],
        ["rank"] = [("best_of", 2), ("temperature", 1)],
        ["ban_ignores_case"] = [("ban", "x")],
        ["most_taken_back"] = [("ban", "x")],
        ["results"] = [("beams", 8)],
        ["draft_longest_match"] = [("draft_lookup", 2)],
        ["draft_shortest_match"] = [("draft_lookup", 2)],
        ["draft_paths"] = [("draft_lookup", 2)],
        ["draft_successors"] = [("draft_recycling", 4)],
        ["draft_branches"] = [("draft_model", SomeModel)],
        ["verifier"] = [("draft_lookup", 2)],
        ["draft_nodes"] = [("draft_lookup", 2)],
    };

    public static OptionSources Sources(LanguageModel model) => new(model) { Open = _ => model };

    /// <summary>What an option needs beside it.</summary>
    public static (DecodingOption Option, object Value)[] Needed(DecodingOption option) =>
        [.. s_needed.GetValueOrDefault(option.Name, []).Select(each => (DecodingOptionTable.Options[each.Name], each.Value))];

    /// <summary>A request with an option, and what the option changed.</summary>
    public static (DecodingRequest Request, string[] Changed, object Value) With(DecodingOption option, LanguageModel model)
    {
        (DecodingOption, object)[] needed = Needed(option);
        DecodingRequest before = needed.Aggregate(new DecodingRequest(), (request, each) => each.Item1.Apply(request, each.Item2, Sources(model)));
        foreach (object value in option.Words is { } words ? [words[^1]] : s_values)
        {
            try
            {
                DecodingRequest after = DecodingOptionTable.Read([.. needed, (option, value)], Sources(model));
                if (Changes(before, after).ToArray() is { Length: > 0 } changed)
                    return (after, changed, value);
            }
            catch (ArgumentException)
            {
            }
        }

        throw new InvalidOperationException($"No sample value changes {option.Name}.");
    }

    /// <summary>All settings of the records that requests are made of.</summary>
    public static IEnumerable<string> Settings() => s_parts.SelectMany(each => each.Type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.SetMethod is not null).Select(property => $"{each.Type.Name}.{property.Name}"));

    private static readonly (Type Type, Func<DecodingRequest, object> Part)[] s_parts =
    [
        (typeof(DecodingRequest), r => r),
        (typeof(GenerationOptions), r => r.Generation),
        (typeof(DecodingOptions), r => r.Generation.Decoding!),
        (typeof(GuidanceOptions), r => r.Guidance),
        (typeof(TextSearchOptions), r => r.Search),
        (typeof(DraftOptions), r => r.Drafts),
    ];

    private static IEnumerable<string> Changes(DecodingRequest before, DecodingRequest after) => s_parts.SelectMany(each => each.Type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.SetMethod is not null && !s_parts.Any(part => part.Type == property.PropertyType) && !AreSame(property.GetValue(each.Part(before)), property.GetValue(each.Part(after))))
        .Select(property => $"{each.Type.Name}.{property.Name}"));

    private static bool AreSame(object? a, object? b) => Equals(a, b) || (a is IEnumerable one && b is IEnumerable other && one.Cast<object>().Select(Text).SequenceEqual(other.Cast<object>().Select(Text)));

    private static string Text(object value) => value is IEnumerable<int> list ? string.Join(',', list) : $"{value}";
}
