using System.Text;
using KernelFoundry.Inference.Tokenizers;

namespace KernelFoundry.Inference.Tests.Tokenizers;

public class TokenTextsTests
{
    // The table is made by whoever looks first, and what says which texts are found is let go then.
    [Fact]
    public void ThreadsThatLookAtOnceFindTheSame()
    {
        const int Tokens = 4000, Threads = 8;
        for (int round = 0; round < 20; round++)
        {
            var builder = new TokenTextsBuilder(Tokens, 8 * Tokens);
            for (int id = 0; id < Tokens; id++)
                builder.Add(Text(id));
            TokenTexts texts = builder.Build(id => id % 3 != 0);
            using var start = new Barrier(Threads);
            var found = new int[Threads][];
            Thread[] threads = [.. Enumerable.Range(0, Threads).Select(thread => new Thread(() =>
            {
                start.SignalAndWait();
                found[thread] = [.. Enumerable.Range(0, Tokens).Select(id => texts.Find(Text(id)))];
            }))];
            foreach (Thread thread in threads)
                thread.Start();
            foreach (Thread thread in threads)
                thread.Join();

            // Each text is that of two tokens: 2k and 2k + 1.
            int[] expected = [.. Enumerable.Range(0, Tokens).Select(id => new[] { id & ~1, id | 1 }.First(each => each % 3 != 0))];
            Assert.All(found, each => Assert.Equal(expected, each));
        }
    }

    [Fact]
    public void TheLongestTextThatIsFoundCounts()
    {
        var builder = new TokenTextsBuilder(3, 16);
        builder.Add("ab"u8);
        builder.Add("abcd"u8);
        builder.Add("abc"u8);
        TokenTexts texts = builder.Build(id => id != 1);
        Assert.Equal(3, texts.MaximumBytes);
        Assert.Equal((0, -1, 2, -1), (texts.Find("ab"u8), texts.Find("abcd"u8), texts.Find("abc"u8), texts.Find(""u8)));
        Assert.Equal("abcd"u8.ToArray(), texts[1].ToArray());
    }

    private static byte[] Text(int id) => Encoding.UTF8.GetBytes($"text {id / 2}");
}
