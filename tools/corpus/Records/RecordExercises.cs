using System.Globalization;

namespace KernelFoundry.Corpus.Records;

/// <summary>Small JSON records and the sentences that say the same.</summary>
public static class RecordExercises
{
    private static readonly string[] s_pets =
    [
        "dog", "cat", "rabbit", "hamster", "parrot", "turtle", "pony", "goldfish", "lizard", "canary", "ferret", "gecko", "donkey", "duck",
        "snake", "spider", "budgie", "chinchilla",
    ];
    private static readonly string[] s_likes =
    [
        "bones", "carrots", "naps", "balls", "seeds", "music", "fish", "long walks", "cheese", "boxes", "lettuce", "warm blankets",
        "sunshine", "peanuts", "mirrors", "rain", "tunnels", "swimming", "apples", "shoes", "crickets", "company", "hiding", "butter",
        "climbing", "old newspapers", "toy mice", "melons", "baths", "silence",
    ];
    private static readonly string[] s_jobs =
    [
        "baker", "teacher", "farmer", "pilot", "nurse", "painter", "gardener", "driver", "tailor", "doctor", "carpenter", "plumber",
        "lawyer", "sailor", "librarian", "butcher", "mechanic", "florist", "waiter", "barber", "jeweler", "chemist", "engineer",
        "journalist", "musician", "photographer", "professor", "secretary", "surgeon", "translator", "weaver", "beekeeper", "postman",
        "firefighter", "dentist", "architect", "clerk", "cobbler", "banker", "actor",
    ];
    private static readonly string[] s_hobbies =
    [
        "chess", "swimming", "reading", "singing", "hiking", "cooking", "drawing", "cycling", "sailing", "dancing", "knitting", "fishing",
        "pottery", "skating", "running", "yoga", "juggling", "bird watching", "stargazing", "carving", "baking", "climbing", "poetry",
        "puzzles", "rowing", "tennis", "archery", "magic", "weaving", "origami", "surfing", "boxing", "theater", "gardening",
        "photography",
    ];
    private static readonly string[] s_goods =
    [
        "apple", "bread", "cheese", "pear", "lamp", "chair", "pen", "cup", "rope", "nail", "candle", "melon", "banana", "carrot", "onion",
        "potato", "tomato", "cucumber", "pumpkin", "lemon", "peach", "plum", "mushroom", "pepper", "radish", "cabbage", "turnip",
        "sausage", "pancake", "muffin", "cookie", "waffle", "pretzel", "spoon", "fork", "plate", "bottle", "blanket", "pillow",
        "mirror", "table", "clock", "vase", "hammer", "ladder", "bucket", "shovel", "broom", "brush", "comb", "towel", "soap", "basket",
        "jacket", "sweater", "scarf", "glove", "boot", "shirt", "button", "ribbon", "notebook", "pencil", "envelope", "stamp", "poster",
    ];
    private static readonly string[] s_weather =
    [
        "sunny", "rainy", "cloudy", "windy", "snowy", "foggy", "stormy", "icy", "misty", "humid", "chilly", "mild",
    ];
    private static readonly string[] s_days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    private static readonly string[] s_adjectives =
    [
        "Silent", "Golden", "Hidden", "Last", "Secret", "Broken", "Distant", "Little", "Wild", "Lost", "Ancient", "Bitter", "Crimson",
        "Dancing", "Empty", "Frozen", "Gentle", "Hollow", "Invisible", "Jolly", "Lonely", "Midnight", "Nameless", "Old", "Painted",
        "Quiet", "Restless", "Scattered", "Tangled", "Unknown", "Velvet", "Wandering", "Yellow", "Burning", "Crooked", "Dusty", "Eternal",
        "Floating", "Glass", "Hungry",
    ];
    private static readonly string[] s_nouns =
    [
        "River", "Garden", "Island", "Tower", "Winter", "Bridge", "Forest", "Letter", "Harbor", "Star", "Anchor", "Bell", "Castle",
        "Dragon", "Engine", "Feather", "Ghost", "Horizon", "Inventor", "Journey", "Kingdom", "Lantern", "Mountain", "Night", "Ocean",
        "Painter", "Question", "Railway", "Shadow", "Traveler", "Umbrella", "Valley", "Window", "Voyage", "Orchard", "Puzzle", "Rainbow",
        "Secret", "Telescope", "Universe", "Village", "Whisper", "Clockmaker", "Desert", "Falcon", "Glacier",
    ];

    /// <summary>Draws one of a split.</summary>
    public static Exercise Draw(CorpusRandom random, CorpusSplit split)
    {
        while (true)
        {
            (string key, string sentence, JsonText json) = random.Below(6) switch
            {
                0 => Pet(random),
                1 => Person(random),
                2 => Order(random),
                3 => Weather(random),
                4 => Book(random),
                _ => Trip(random),
            };
            if (Splits.Of(key) == split)
            {
                string text = json.ToString();
                return new Exercise(key, $"{random.Pick("Write this as JSON:", "Write this as JSON:", "Make a JSON record:", "As JSON:")} {sentence}", text, text);
            }
        }
    }

    private static (string, string, JsonText) Pet(CorpusRandom random)
    {
        string name = random.Pick<string>(Words.Names), kind = random.Pick<string>(s_pets), color = random.Pick<string>(Words.Colors);
        int age = random.Between(1, 15);
        string[] likes = random.Several<string>(s_likes, random.Between(1, 3));
        string sentence = random.Pick(
            $"{name} is a {color} {kind}, {Years(age)} old, and likes {Words.List(likes)}.",
            $"The {color} {kind} {name} is {Years(age)} old and likes {Words.List(likes)}.");
        return ($"pet|{name}|{kind}|{color}|{age}", sentence,
            new JsonText().Add("name", name).Add("kind", kind).Add("color", color).Add("age", age).Add("likes", likes));
    }

    private static (string, string, JsonText) Person(CorpusRandom random)
    {
        string name = random.Pick<string>(Words.Names), job = random.Pick<string>(s_jobs), town = random.Pick<string>(Words.Towns);
        int age = random.Between(18, 80);
        bool isMarried = random.Chance(50);
        string[] hobbies = random.Several<string>(s_hobbies, random.Between(1, 2));
        string sentence = random.Pick(
            $"{name} is {age} years old, works as {Words.A(job)} in {town}, is {(isMarried ? "married" : "not married")} and enjoys {Words.List(hobbies)}.",
            $"{name}, {age}, is {Words.A(job)} from {town}, {(isMarried ? "married" : "not married")}, and enjoys {Words.List(hobbies)}.");
        return ($"person|{name}|{age}|{job}|{town}", sentence,
            new JsonText().Add("name", name).Add("age", age).Add("job", job).Add("town", town).Add("married", isMarried).Add("hobbies", hobbies));
    }

    private static (string, string, JsonText) Order(CorpusRandom random)
    {
        string name = random.Pick<string>(Words.Names);
        int id = random.Between(100, 999);
        string[] goods = random.Several<string>(s_goods, random.Between(1, 3));
        var items = new List<JsonText>();
        var parts = new List<string>();
        foreach (string good in goods)
        {
            int count = random.Between(1, 12);
            items.Add(new JsonText().Add("item", good).Add("count", count));
            parts.Add($"{count} {(count == 1 ? good : Words.Plural(good))}");
        }

        bool isPaid = random.Chance(50);
        return ($"order|{name}|{id}", $"Order {id} by {name}: {Words.List(parts)}, {(isPaid ? "paid" : "not paid")}.",
            new JsonText().Add("order", id).Add("customer", name).Add("items", items).Add("paid", isPaid));
    }

    private static (string, string, JsonText) Weather(CorpusRandom random)
    {
        string town = random.Pick<string>(Words.Towns), day = random.Pick<string>(s_days), sky = random.Pick<string>(s_weather);
        int low = random.Between(-10, 25), high = low + random.Between(1, 12);
        return ($"weather|{town}|{day}|{sky}|{low}", $"On {day} it is {sky} in {town}, from {Degrees(low)} to {Degrees(high)} degrees.",
            new JsonText().Add("day", day).Add("town", town).Add("sky", sky).Add("low", low).Add("high", high));
    }

    private static (string, string, JsonText) Book(CorpusRandom random)
    {
        string title = $"The {random.Pick<string>(s_adjectives)} {random.Pick<string>(s_nouns)}", author = random.Pick<string>(Words.Names);
        int year = random.Between(1900, 2025), pages = random.Between(40, 600);
        bool isLent = random.Chance(50);
        string by = random.Pick<string>(Words.Names);
        var json = new JsonText().Add("title", title).Add("author", author).Add("year", year).Add("pages", pages);
        string sentence = $"\"{title}\" by {author} from {year} has {pages} pages and is {(isLent ? $"lent to {by}" : "on the shelf")}.";
        return ($"book|{title}|{author}|{year}", sentence, isLent ? json.Add("lent_to", by) : json.AddNull("lent_to"));
    }

    private static (string, string, JsonText) Trip(CorpusRandom random)
    {
        string[] towns = random.Several<string>(Words.Towns, 2);
        int hour = random.Between(5, 22), minute = random.Between(0, 11) * 5;
        string time = string.Create(CultureInfo.InvariantCulture, $"{hour:D2}:{minute:D2}"), by = random.Pick("train", "bus", "boat", "car");
        int seats = random.Between(1, 8);
        return ($"trip|{towns[0]}|{towns[1]}|{time}", $"A {by} leaves {towns[0]} for {towns[1]} at {time} with {seats} free seat{(seats == 1 ? "" : "s")}.",
            new JsonText().Add("from", towns[0]).Add("to", towns[1]).Add("departure", time).Add("by", by).Add("free_seats", seats));
    }

    private static string Years(int age) => age == 1 ? "1 year" : $"{age} years";

    private static string Degrees(int value) => value < 0 ? $"minus {-value}" : $"{value}";
}
