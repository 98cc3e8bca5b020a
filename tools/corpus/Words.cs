namespace KernelFoundry.Corpus;

/// <summary>The words that content is made of, where more than one kind of document uses them.</summary>
public static class Words
{
    /// <summary>Names of girls.</summary>
    public static readonly string[] Girls =
    [
        "Mia", "Lily", "Anna", "Zoe", "Ruby", "Nora", "Ella", "Ivy", "Lucy", "Emma", "Clara", "Rosa", "Hana", "Tess", "Maya", "Lena", "Daisy", "Wendy", "Olga",
        "Fern", "Pearl", "Alma", "Greta", "Jade",
    ];

    /// <summary>Names of boys.</summary>
    public static readonly string[] Boys =
    [
        "Tom", "Ben", "Max", "Leo", "Sam", "Finn", "Noah", "Jack", "Otto", "Hugo", "Paul", "Omar", "Felix", "Ravi", "Theo", "Luke", "Oscar", "Peter", "Adam",
        "Milo", "Karl", "Ned", "Jonas", "Bruno",
    ];

    /// <summary>All names.</summary>
    public static readonly string[] Names = [.. Girls, .. Boys];

    /// <summary>Colors.</summary>
    public static readonly string[] Colors = ["red", "blue", "green", "yellow", "white", "black", "brown", "orange", "purple", "silver"];

    /// <summary>Towns.</summary>
    public static readonly string[] Towns = ["Oakford", "Riverton", "Hillside", "Lakeview", "Stonebridge", "Mapleton", "Seaport", "Greenfield", "Northgate", "Ashby"];

    /// <summary>A word with its article.</summary>
    public static string A(string noun) => "aeiou".Contains(noun[0], StringComparison.Ordinal) ? $"an {noun}" : $"a {noun}";

    /// <summary>A sentence's first letter.</summary>
    public static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    /// <summary>A list with "and".</summary>
    public static string List(params IReadOnlyList<string> items) =>
        items.Count == 1 ? items[0] : $"{string.Join(", ", items.Take(items.Count - 1))} and {items[^1]}";
}
