namespace KernelFoundry.Corpus.Code;

/// <summary>C# one-liners and what they do, in words.</summary>
public static class CodeExercises
{
    private static readonly string[] s_numbers =
    [
        "numbers", "prices", "scores", "ages", "weights", "lengths", "counts", "totals", "points", "sizes", "years", "marks", "amounts",
        "balances", "budgets", "distances", "durations", "grades", "heights", "indices", "intervals", "limits", "offsets", "percentages",
        "quantities", "ranks", "rates", "ratings", "samples", "speeds", "temperatures", "values", "volumes", "widths", "errors", "steps",
        "orders", "levels",
    ];
    private static readonly string[] s_texts =
    [
        "names", "words", "lines", "titles", "cities", "colors", "labels", "tags", "keys", "files", "letters", "answers", "articles",
        "authors", "categories", "comments", "countries", "descriptions", "emails", "headers", "ids", "languages", "messages", "months",
        "notes", "parts", "paths", "phrases", "products", "questions", "replies", "sentences", "streets", "symbols", "tokens", "users",
        "versions",
    ];
    private static readonly string[] s_results =
    [
        "result", "value", "found", "answer", "output", "selected", "filtered", "total", "summary", "outcome", "list", "item", "final",
        "current", "best", "matches",
    ];

    // {0}: a collection, {1}: a number, {2}: the result's name.
    private static readonly (string Words, string Code)[] s_overNumbers =
    [
        ("the sum of all {0}", "int {2} = {0}.Sum();"),
        ("the largest of the {0}", "int {2} = {0}.Max();"),
        ("the smallest of the {0}", "int {2} = {0}.Min();"),
        ("the average of the {0}", "double {2} = {0}.Average();"),
        ("how many {0} there are", "int {2} = {0}.Count();"),
        ("the {0} greater than {1}", "var {2} = {0}.Where(x => x > {1}).ToList();"),
        ("the {0} less than {1}", "var {2} = {0}.Where(x => x < {1}).ToList();"),
        ("the even {0}", "var {2} = {0}.Where(x => x % 2 == 0).ToList();"),
        ("the odd {0}", "var {2} = {0}.Where(x => x % 2 != 0).ToList();"),
        ("the {0} that {1} divides", "var {2} = {0}.Where(x => x % {1} == 0).ToList();"),
        ("how many {0} are greater than {1}", "int {2} = {0}.Count(x => x > {1});"),
        ("whether any of the {0} is {1}", "bool {2} = {0}.Contains({1});"),
        ("whether all {0} are at least {1}", "bool {2} = {0}.All(x => x >= {1});"),
        ("the squares of the {0}", "var {2} = {0}.Select(x => x * x).ToList();"),
        ("the {0} times {1}", "var {2} = {0}.Select(x => x * {1}).ToList();"),
        ("the {0} plus {1}", "var {2} = {0}.Select(x => x + {1}).ToList();"),
        ("the {0} from small to large", "var {2} = {0}.OrderBy(x => x).ToList();"),
        ("the {0} from large to small", "var {2} = {0}.OrderByDescending(x => x).ToList();"),
        ("the first {1} of the {0}", "var {2} = {0}.Take({1}).ToList();"),
        ("the {0} without the first {1}", "var {2} = {0}.Skip({1}).ToList();"),
        ("the sum of the {0} greater than {1}", "int {2} = {0}.Where(x => x > {1}).Sum();"),
        ("the sum of the squares of the {0}", "int {2} = {0}.Sum(x => x * x);"),
        ("the first of the {0} greater than {1}", "int {2} = {0}.First(x => x > {1});"),
        ("the {1} largest {0}", "var {2} = {0}.OrderByDescending(x => x).Take({1}).ToList();"),
        ("the different {0}", "var {2} = {0}.Distinct().ToList();"),
    ];

    private static readonly (string Words, string Code)[] s_overTexts =
    [
        ("the {0} in alphabetical order", "var {2} = {0}.OrderBy(s => s).ToList();"),
        ("the {0} longer than {1} characters", "var {2} = {0}.Where(s => s.Length > {1}).ToList();"),
        ("the {0} of exactly {1} characters", "var {2} = {0}.Where(s => s.Length == {1}).ToList();"),
        ("the {0} in upper case", "var {2} = {0}.Select(s => s.ToUpper()).ToList();"),
        ("the {0} in lower case", "var {2} = {0}.Select(s => s.ToLower()).ToList();"),
        ("the lengths of the {0}", "var {2} = {0}.Select(s => s.Length).ToList();"),
        ("the {0} joined with commas", "string {2} = string.Join(\", \", {0});"),
        ("the {0} joined with spaces", "string {2} = string.Join(\" \", {0});"),
        ("the longest of the {0}", "string {2} = {0}.MaxBy(s => s.Length);"),
        ("the shortest of the {0}", "string {2} = {0}.MinBy(s => s.Length);"),
        ("the {0} that are not empty", "var {2} = {0}.Where(s => s.Length > 0).ToList();"),
        ("the {0} in reverse order", "var {2} = {0}.Reverse().ToList();"),
        ("the {0} without spaces around them", "var {2} = {0}.Select(s => s.Trim()).ToList();"),
        ("how many characters the {0} have together", "int {2} = {0}.Sum(s => s.Length);"),
        ("the {0} grouped by length", "var {2} = {0}.GroupBy(s => s.Length);"),
        ("the different {0}", "var {2} = {0}.Distinct().ToList();"),
        ("the first {1} of the {0}", "var {2} = {0}.Take({1}).ToList();"),
        ("the last of the {0}", "string {2} = {0}.Last();"),
    ];

    /// <summary>Draws one of a split.</summary>
    public static Exercise Draw(CorpusRandom random, CorpusSplit split)
    {
        while (true)
        {
            bool areNumbers = random.Chance(60);
            (string words, string code) = random.Pick<(string, string)>(areNumbers ? s_overNumbers : s_overTexts);
            string collection = random.Pick<string>(areNumbers ? s_numbers : s_texts), result = random.Pick<string>(s_results);
            string number = $"{random.Between(2, areNumbers ? 50 : 12)}", key = $"code|{words}|{collection}|{(words.Contains("{1}", StringComparison.Ordinal) ? number : "")}|{result}";
            if (Splits.Of(key) != split)
                continue;
            string Fill(string text) => text.Replace("{0}", collection, StringComparison.Ordinal).Replace("{1}", number, StringComparison.Ordinal).Replace("{2}", result, StringComparison.Ordinal);
            string asked = random.Pick($"Write C# for {Fill(words)}, in {result}.", $"In C#, put {Fill(words)} in {result}.", $"C# one-liner: {result} is {Fill(words)}.");
            return new Exercise(key, asked, Fill(code), Fill(code));
        }
    }
}
