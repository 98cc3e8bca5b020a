using System.Text;

namespace KernelFoundry.Corpus.Arithmetic;

/// <summary>The steps of written arithmetic, digit by digit from the right. Results of one digit have no steps.</summary>
public static class Steps
{
    private static readonly string[] s_places = ["Ones", "Tens", "Hundreds", "Thousands"];

    /// <summary>Addition with carries.</summary>
    public static string Add(int a, int b)
    {
        if (a < 10 && b < 10)
            return "";
        var text = new StringBuilder();
        int carry = 0;
        for (int place = 0; a > 0 || b > 0; place++, a /= 10, b /= 10)
        {
            int sum = (a % 10) + (b % 10) + carry;
            string terms = carry == 0 ? $"{a % 10} + {b % 10}" : $"{a % 10} + {b % 10} + 1";
            Separate(text).Append($"{s_places[place]}: {terms} = {sum}");
            carry = sum / 10;
            text.Append(carry == 0 ? "." : $", write {sum % 10}, carry 1.");
        }

        return text.ToString();
    }

    /// <summary>Subtraction with borrows; <paramref name="a"/> is at least <paramref name="b"/>.</summary>
    public static string Subtract(int a, int b)
    {
        if (a < 10)
            return "";
        var text = new StringBuilder();
        int borrow = 0;
        for (int place = 0; a > 0; place++, a /= 10, b /= 10)
        {
            int from = a % 10, take = (b % 10) + borrow;
            string taken = borrow == 0 ? $"{b % 10}" : $"{b % 10} - 1";
            Separate(text).Append($"{s_places[place]}: ");
            if (from < take)
                text.Append($"borrow, {from + 10} - {taken} = {from + 10 - take}.");
            else
                text.Append($"{from} - {taken} = {from - take}.");
            borrow = from < take ? 1 : 0;
        }

        return text.ToString();
    }

    /// <summary>A product, the tens and the ones of <paramref name="a"/> apart.</summary>
    public static string Multiply(int a, int b)
    {
        int tens = a / 10 * 10, ones = a % 10;
        return a <= 10 || ones == 0 ? "" : $"{tens} * {b} = {tens * b}. {ones} * {b} = {ones * b}. {tens * b} + {ones * b} = {a * b}.";
    }

    private static StringBuilder Separate(StringBuilder text) => text.Length == 0 ? text : text.Append(' ');
}
