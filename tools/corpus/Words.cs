namespace KernelFoundry.Corpus;

/// <summary>The words that content is made of, where more than one kind of document uses them.</summary>
public static class Words
{
    /// <summary>Names of girls.</summary>
    public static readonly string[] Girls =
    [
        "Mia", "Lily", "Anna", "Zoe", "Ruby", "Nora", "Ella", "Ivy", "Lucy", "Emma", "Clara", "Rosa", "Hana", "Tess", "Maya", "Lena",
        "Daisy", "Wendy", "Olga", "Fern", "Pearl", "Alma", "Greta", "Jade", "Alice", "Bella", "Celia", "Doris", "Edith", "Flora", "Gina",
        "Hazel", "Irene", "Julia", "Karin", "Laura", "Mabel", "Nadia", "Opal", "Paula", "Quinn", "Rita", "Sofia", "Thea", "Ursula", "Vera",
        "Willa", "Xenia", "Yara", "Zelda", "Amber", "Brenda", "Cora", "Dora", "Elsa", "Freya", "Grace", "Helga", "Iris", "Joan", "Katya",
        "Linda", "Molly", "Nina", "Olive", "Petra", "Rhea", "Sally", "Tilda", "Una", "Violet", "Wanda", "Yasmin", "Ada", "Beth", "Carla",
        "Dina", "Esther", "Fiona",
    ];

    /// <summary>Names of boys.</summary>
    public static readonly string[] Boys =
    [
        "Tom", "Ben", "Max", "Leo", "Sam", "Finn", "Noah", "Jack", "Otto", "Hugo", "Paul", "Omar", "Felix", "Ravi", "Theo", "Luke",
        "Oscar", "Peter", "Adam", "Milo", "Karl", "Ned", "Jonas", "Bruno", "Aaron", "Boris", "Carlo", "David", "Edgar", "Frank", "Gustav",
        "Henry", "Ivan", "Jacob", "Kevin", "Louis", "Marco", "Nathan", "Oliver", "Philip", "Quentin", "Robin", "Simon", "Tobias", "Ulrich",
        "Victor", "Walter", "Xavier", "Yusuf", "Zach", "Albert", "Basil", "Conrad", "Dennis", "Emil", "Fergus", "George", "Harold", "Igor",
        "Jasper", "Kurt", "Lionel", "Martin", "Norman", "Oswald", "Percy", "Ralph", "Stefan", "Trevor", "Umar", "Vincent", "Wilbur",
        "Yannick", "Anton", "Bernard", "Cedric", "Dmitri", "Eric", "Fabian",
    ];

    /// <summary>All names.</summary>
    public static readonly string[] Names = [.. Girls, .. Boys];

    /// <summary>Colors.</summary>
    public static readonly string[] Colors =
    [
        "red", "blue", "green", "yellow", "white", "black", "brown", "orange", "purple", "silver", "pink", "golden", "gray", "violet",
        "crimson", "turquoise", "scarlet", "ivory", "copper", "emerald",
    ];

    /// <summary>Towns.</summary>
    public static readonly string[] Towns =
    [
        "Oakford", "Riverton", "Hillside", "Lakeview", "Stonebridge", "Mapleton", "Seaport", "Greenfield", "Northgate", "Ashby",
        "Birchwood", "Clearwater", "Dunmore", "Eastbrook", "Fairhaven", "Glenwood", "Harborough", "Ironbridge", "Juniper", "Kingsbury",
        "Longmeadow", "Millbrook", "Newhaven", "Otterburn", "Pinecrest", "Queensford", "Redcliff", "Silverton", "Thornbury", "Underhill",
        "Valleyview", "Westport", "Yewdale", "Applegate", "Brightwater", "Coldspring", "Deepdale", "Elmhurst", "Foxton", "Grangewood",
        "Highcastle", "Larkspur", "Moorland", "Nettleton", "Orchard", "Penrose", "Rockford", "Sandbank", "Tidewater", "Willowdale",
    ];

    /// <summary>A word with its article.</summary>
    public static string A(string noun) => "aeiou".Contains(noun[0], StringComparison.Ordinal) ? $"an {noun}" : $"a {noun}";

    /// <summary>More than one.</summary>
    public static string Plural(string noun) =>
        noun[^1] is 's' or 'x' or 'o' || noun.EndsWith("ch", StringComparison.Ordinal) || noun.EndsWith("sh", StringComparison.Ordinal) ? $"{noun}es" : $"{noun}s";

    /// <summary>A sentence's first letter.</summary>
    public static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    /// <summary>A list with "and".</summary>
    public static string List(params IReadOnlyList<string> items) =>
        items.Count == 1 ? items[0] : $"{string.Join(", ", items.Take(items.Count - 1))} and {items[^1]}";
}
