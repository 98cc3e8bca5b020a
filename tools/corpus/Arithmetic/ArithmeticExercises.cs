namespace KernelFoundry.Corpus.Arithmetic;

/// <summary>Sums, differences, products, quotients and comparisons with their steps, bare and as problems in words.</summary>
public static class ArithmeticExercises
{
    // Every single-digit fact is a step of longer sums, so those are for learning only.
    private const int LeastHeldOut = 10;

    /// <summary>Draws one of a split.</summary>
    public static Exercise Draw(CorpusRandom random, CorpusSplit split)
    {
        while (true)
        {
            Exercise exercise = random.Weighted([34, 24, 14, 8, 6, 14]) switch
            {
                0 => Sum(random),
                1 => Difference(random),
                2 => Product(random),
                3 => Quotient(random),
                4 => Comparison(random),
                _ => WordProblems.Draw(random),
            };
            if (SplitOf(exercise.Key) == split)
                return exercise;
        }
    }

    /// <summary>The split of an exercise's key.</summary>
    public static CorpusSplit SplitOf(string key)
    {
        string[] parts = key.Split(' ');
        bool isFact = parts.Length == 3 && parts[1] is not "?" && int.Parse(parts[0]) < LeastHeldOut && int.Parse(parts[2]) < LeastHeldOut;
        return isFact ? CorpusSplit.Train : Splits.Of(key);
    }

    private static Exercise Sum(CorpusRandom random)
    {
        (int a, int b) = (Number(random), Number(random));
        string steps = Steps.Add(a, b);
        return new Exercise(SumKey(a, b), Ask(random, $"{a} + {b}"), Answer(steps, $"{a} + {b} = {a + b}"), $"{a + b}");
    }

    private static Exercise Difference(CorpusRandom random)
    {
        (int a, int b) = (Number(random), Number(random));
        (a, b) = (Math.Max(a, b), Math.Min(a, b));
        string steps = Steps.Subtract(a, b);
        return new Exercise(DifferenceKey(a, b), Ask(random, $"{a} - {b}"), Answer(steps, $"{a} - {b} = {a - b}"), $"{a - b}");
    }

    private static Exercise Product(CorpusRandom random)
    {
        (int a, int b) = (random.Chance(60) ? random.Between(0, 10) : random.Between(11, 99), random.Between(0, 10));
        string steps = Steps.Multiply(a, b);
        return new Exercise(ProductKey(a, b), Ask(random, $"{a} * {b}"), Answer(steps, $"{a} * {b} = {a * b}"), $"{a * b}");
    }

    private static Exercise Quotient(CorpusRandom random)
    {
        (int b, int c) = (random.Between(1, 10), random.Between(0, 12));
        return new Exercise($"{b * c} / {b}", Ask(random, $"{b * c} / {b}"), $"{b} * {c} = {b * c}, so {b * c} / {b} = {c}.", $"{c}");
    }

    private static Exercise Comparison(CorpusRandom random)
    {
        (int a, int b) = (Number(random), Number(random));
        if (a == b)
            b++;
        int larger = Math.Max(a, b), smaller = Math.Min(a, b);
        return new Exercise($"{smaller} ? {larger}", $"Which is larger, {a} or {b}?",
            $"{larger} is {larger - smaller} more than {smaller}. The larger number is {larger}.", $"{larger}");
    }

    /// <summary>The key of a sum, the same in both orders.</summary>
    public static string SumKey(int a, int b) => $"{Math.Min(a, b)} + {Math.Max(a, b)}";

    /// <summary>The key of a difference.</summary>
    public static string DifferenceKey(int a, int b) => $"{a} - {b}";

    /// <summary>The key of a product, the same in both orders.</summary>
    public static string ProductKey(int a, int b) => $"{Math.Min(a, b)} * {Math.Max(a, b)}";

    /// <summary>Small numbers as often as large ones.</summary>
    private static int Number(CorpusRandom random) => random.Weighted([3, 5, 4]) switch
    {
        0 => random.Between(0, 9),
        1 => random.Between(10, 99),
        _ => random.Between(100, 999),
    };

    private static string Ask(CorpusRandom random, string expression) => random.Pick(
        $"What is {expression}?", $"What is {expression}?", $"Compute {expression}.", $"How much is {expression}?", $"{expression} = ?");

    private static string Answer(string steps, string result) => steps.Length == 0 ? $"{result}." : $"{steps} So {result}.";
}
