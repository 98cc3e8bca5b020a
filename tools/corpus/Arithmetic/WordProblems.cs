namespace KernelFoundry.Corpus.Arithmetic;

/// <summary>Small sums, differences and products as something that happens to people and things.</summary>
public static class WordProblems
{
    private static readonly string[] s_things =
    [
        "apples", "shells", "coins", "stamps", "marbles", "books", "pencils", "plums", "buttons", "cards", "nuts", "stones", "eggs",
        "flowers", "stickers", "acorns", "beads", "biscuits", "blocks", "bottles", "bricks", "candles", "carrots", "cherries", "chestnuts",
        "crayons", "cups", "dolls", "feathers", "figs", "forks", "grapes", "keys", "lamps", "lemons", "letters", "magnets", "maps",
        "medals", "needles", "olives", "oranges", "pages", "peaches", "pears", "pebbles", "pillows", "postcards", "ribbons", "roses",
        "sacks", "seeds", "spoons", "tickets", "tokens", "tomatoes", "toys", "walnuts",
    ];

    private static readonly string[] s_holders =
    [
        "basket", "box", "bag", "row", "shelf", "tray", "jar", "drawer", "crate", "bucket", "barrel", "table",
    ];

    /// <summary>Draws one.</summary>
    public static Exercise Draw(CorpusRandom random)
    {
        string[] names = random.Several<string>(Words.Names, 2);
        string things = random.Pick<string>(s_things);
        return random.Below(5) switch
        {
            0 => Gain(random, names, things),
            1 => Loss(random, names, things),
            2 => Groups(random, names, things),
            3 => More(random, names, things),
            _ => Together(random, names, things),
        };
    }

    private static Exercise Gain(CorpusRandom random, string[] names, string things)
    {
        (int a, int b) = (random.Between(2, 60), random.Between(2, 39));
        string happens = random.Pick(
            $"{names[1]} gives {names[0]} {b} more.", $"Then {names[0]} finds {b} more.", $"{names[0]} buys {b} more.");
        return new Exercise(ArithmeticExercises.SumKey(a, b), $"{names[0]} has {a} {things}. {happens} How many {things} does {names[0]} have now?",
            $"{a} + {b} = {a + b}. {names[0]} has {a + b} {things}.", $"{a + b}");
    }

    private static Exercise Loss(CorpusRandom random, string[] names, string things)
    {
        int b = random.Between(1, 39), a = b + random.Between(1, 50);
        string happens = random.Pick(
            $"{names[0]} gives {b} to {names[1]}.", $"{names[0]} loses {b}.", $"{names[1]} takes {b} of them.");
        return new Exercise(ArithmeticExercises.DifferenceKey(a, b), $"{names[0]} has {a} {things}. {happens} How many {things} does {names[0]} have left?",
            $"{a} - {b} = {a - b}. {names[0]} has {a - b} {things} left.", $"{a - b}");
    }

    private static Exercise Groups(CorpusRandom random, string[] names, string things)
    {
        (int a, int b) = (random.Between(2, 10), random.Between(2, 10));
        string holder = random.Pick<string>(s_holders);
        return new Exercise(ArithmeticExercises.ProductKey(a, b),
            $"{names[0]} puts {b} {things} {Into(holder)} {holder}. There are {a} of these. How many {things} are there?",
            $"{a} * {b} = {a * b}. There are {a * b} {things}.", $"{a * b}");
    }

    private static Exercise More(CorpusRandom random, string[] names, string things)
    {
        int b = random.Between(2, 40), a = b + random.Between(1, 40);
        return new Exercise(ArithmeticExercises.DifferenceKey(a, b),
            $"{names[0]} has {a} {things} and {names[1]} has {b}. How many more {things} does {names[0]} have?",
            $"{a} - {b} = {a - b}. {names[0]} has {a - b} more {things} than {names[1]}.", $"{a - b}");
    }

    private static Exercise Together(CorpusRandom random, string[] names, string things)
    {
        (int a, int b) = (random.Between(2, 60), random.Between(2, 39));
        return new Exercise(ArithmeticExercises.SumKey(a, b),
            $"{names[0]} has {a} {things} and {names[1]} has {b} {things}. How many {things} do they have together?",
            $"{a} + {b} = {a + b}. Together they have {a + b} {things}.", $"{a + b}");
    }

    private static string Into(string holder) => holder is "shelf" or "tray" or "table" ? "on each" : "in each";
}
