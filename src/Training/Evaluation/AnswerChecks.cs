using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace KernelFoundry.Training.Evaluation;

/// <summary>The ways to judge an answer. One more is a line of the table.</summary>
internal static partial class AnswerChecks
{
    private static readonly Dictionary<string, Func<string, string, bool>> s_checks = new(StringComparer.Ordinal)
    {
        ["exact"] = (answer, expected) => answer.Trim() == expected.Trim(),
        ["last-number"] = (answer, expected) => Number().Matches(answer) is { Count: > 0 } numbers && numbers[^1].Value == expected.Trim(),
        ["json"] = IsEqualJson,
    };

    /// <summary>Names of the checks.</summary>
    public static IReadOnlyCollection<string> Names => s_checks.Keys;

    /// <summary>Judges an answer.</summary>
    public static bool IsRight(TaskQuestion question, string answer) => s_checks[question.Check](answer, question.Expected);

    private static bool IsEqualJson(string answer, string expected)
    {
        try
        {
            return JsonNode.DeepEquals(JsonNode.Parse(answer), JsonNode.Parse(expected));
        }
        catch (JsonException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"-?\d+(\.\d+)?")]
    private static partial Regex Number();
}
