using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using KernelFoundry.Corpus.Arithmetic;
using KernelFoundry.Corpus.Code;
using KernelFoundry.Corpus.Records;
using KernelFoundry.Corpus.Stories;

namespace KernelFoundry.Corpus.Tests;

/// <summary>What the corpus says is so.</summary>
public sealed partial class ContentTests
{
    [Fact]
    public void EveryEquationAnywhereHolds()
    {
        int equations = 0;
        for (int i = 0; i < 20_000; i++)
        {
            Document document = DocumentKinds.Draw(1, CorpusSplit.Train, i);
            foreach (Match match in Equation().Matches(document.Text))
            {
                int[] sides = [.. match.Value.Split('=').Select(Evaluate)];
                Assert.True(sides.All(side => side == sides[0]), $"{match.Value} in document {i}");
                equations++;
            }
        }

        Assert.True(equations > 20_000, $"{equations}");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void TheExpectedNumberOfAnExerciseIsWhatItsKeyMakes(int split)
    {
        for (int i = 0; i < 5000; i++)
        {
            Exercise exercise = ArithmeticExercises.Draw(new CorpusRandom((ulong)i), (CorpusSplit)split);
            int expected = exercise.Key.Contains('?', StringComparison.Ordinal)
                ? exercise.Key.Split(" ? ").Max(int.Parse)
                : Evaluate(exercise.Key);
            Assert.Equal($"{expected}", exercise.Expected);
            Assert.Equal(exercise.Expected, Number().Matches(exercise.Answer)[^1].Value);
        }
    }

    [Fact]
    public void WrittenStepsWriteTheDigitsOfTheResult()
    {
        for (int a = 0; a < 1000; a += 7)
        {
            for (int b = 0; b < 1000; b += 13)
            {
                Assert.Equal(a < 10 && b < 10 ? "" : Digits(a + b), WrittenDigits(Steps.Add(a, b)));
                if (a >= b)
                    Assert.Equal(a < 10 ? 0 : a - b, int.Parse("0" + WrittenDigits(Steps.Subtract(a, b)), CultureInfo.InvariantCulture));
            }
        }
    }

    [Fact]
    public void EveryRecordIsValidJsonThatSaysWhatTheSentenceSays()
    {
        for (int i = 0; i < 10_000; i++)
        {
            Exercise exercise = RecordExercises.Draw(new CorpusRandom((ulong)i), CorpusSplit.Train);
            JsonObject json = JsonNode.Parse(exercise.Answer)!.AsObject();
            foreach (string value in Values(json))
            {
                string said = value.StartsWith('-') ? $"minus {value[1..]}" : value;
                Assert.Contains(said, exercise.Question, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void EveryAnswerAboutAStoryIsInTheStory()
    {
        for (int i = 0; i < 5000; i++)
        {
            Story story = StoryTeller.Draw(new CorpusRandom((ulong)i), CorpusSplit.Train);
            Assert.True(story.Questions.Count >= 4);
            foreach (Exercise question in story.Questions)
            {
                Assert.Contains(question.Expected, question.Answer, StringComparison.OrdinalIgnoreCase);
                Assert.Contains(question.Expected, story.Text, StringComparison.OrdinalIgnoreCase);
            }
        }
    }

    [Fact]
    public void AStoryCannotGiveAwayWhatSomeoneDoesNotHave()
    {
        Character[] cast = Character.Cast(new CorpusRandom(1), 2);
        StoryBuilder story = new StoryBuilder(new CorpusRandom(1), "test", "test", "test").Own(cast[0], "kite");

        Assert.Throws<InvalidOperationException>(() => story.Give(cast[1], cast[0], "kite"));
        Assert.Throws<InvalidOperationException>(() => story.Own(cast[1], "kite"));
        Assert.Equal(cast[1], story.Give(cast[0], cast[1], "kite").Owner("kite"));
    }

    [Fact]
    public void CodeHasNoSlotsLeftAndBalances()
    {
        for (int i = 0; i < 5000; i++)
        {
            Exercise exercise = CodeExercises.Draw(new CorpusRandom((ulong)i), CorpusSplit.Train);
            Assert.DoesNotContain("{", exercise.Question + exercise.Answer, StringComparison.Ordinal);
            Assert.Equal(exercise.Answer.Count(c => c == '('), exercise.Answer.Count(c => c == ')'));
            Assert.EndsWith(";", exercise.Answer, StringComparison.Ordinal);
        }
    }

    // Left to right, products before sums; quotients are exact.
    private static int Evaluate(string expression)
    {
        int sum = 0, sign = 1, product = 1;
        char operation = '*';
        foreach (string token in expression.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            switch (token)
            {
                case "+" or "-":
                    sum += sign * product;
                    sign = token == "+" ? 1 : -1;
                    product = 1;
                    operation = '*';
                    break;
                case "*" or "/":
                    operation = token[0];
                    break;
                default:
                    int value = int.Parse(token, CultureInfo.InvariantCulture);
                    Assert.True(operation == '*' || product % value == 0, expression);
                    product = operation == '*' ? product * value : product / value;
                    break;
            }
        }

        return sum + (sign * product);
    }

    private static string Digits(int number) => new([.. number.ToString(CultureInfo.InvariantCulture)]);

    // The last result of each place, its ones digit except at the last place, from the left.
    private static string WrittenDigits(string steps)
    {
        string[] results = [.. Result().Matches(steps).Select(match => match.Groups[1].Value)];
        return string.Concat(results.Reverse().Select((result, i) => i == 0 ? result : result[^1..]));
    }

    private static IEnumerable<string> Values(JsonNode? node) => node switch
    {
        JsonObject json => json.SelectMany(property => Values(property.Value)),
        JsonArray array => array.SelectMany(Values),
        JsonValue value when value.GetValueKind() is JsonValueKind.String => [value.GetValue<string>()],
        JsonValue value when value.GetValueKind() is JsonValueKind.Number => [value.ToJsonString()],
        _ => [],
    };

    [GeneratedRegex(@"\d+( [-+*/] \d+)*( = \d+( [-+*/] \d+)*)+")]
    private static partial Regex Equation();

    [GeneratedRegex(@"\d+")]
    private static partial Regex Number();

    [GeneratedRegex(@"= (\d+)[.,]")]
    private static partial Regex Result();
}
