using KernelFoundry.Inference.Models;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace KernelFoundry.Extensions.AI.Tests;

public sealed class KernelFoundryServicesTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"kf-test-{Guid.NewGuid():N}.gguf");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public async Task AModelBecomesAChatClient()
    {
        File.WriteAllBytes(_path, ChatClientTests.Tiny().Build());
        await using ServiceProvider services = new ServiceCollection()
            .AddKernelFoundry(o => (o.ModelPath, o.Device, o.Threads) = (_path, DeviceKind.Cpu, 1))
            .BuildServiceProvider();
        var client = services.GetRequiredService<IChatClient>();
        Assert.Same(client, services.GetRequiredService<IChatClient>());
        Assert.Same(services.GetRequiredService<LanguageModel>(), client.GetService(typeof(LanguageModel)));
        ChatResponse response = await client.GetResponseAsync("the", new ChatOptions { MaxOutputTokens = 3 });
        Assert.InRange(response.Usage!.OutputTokenCount!.Value, 0, 3);
    }

    [Fact]
    public async Task AModelWithoutATemplateTakesANamedOne()
    {
        File.WriteAllBytes(_path, new Inference.Tests.Models.TinyModel().Build());
        await using ServiceProvider services = new ServiceCollection()
            .AddKernelFoundry(o => (o.ModelPath, o.Device, o.ChatTemplate) = (_path, DeviceKind.Reference, "plain"))
            .BuildServiceProvider();
        Assert.NotNull(await services.GetRequiredService<IChatClient>().GetResponseAsync("the", new ChatOptions { MaxOutputTokens = 2 }));
    }

    [Fact]
    public void WrongOptionsAreNamedBeforeAnythingIsOpened()
    {
        using ServiceProvider services = new ServiceCollection()
            .AddKernelFoundry(o => (o.ModelPath, o.Threads, o.ChatTemplate) = ("/nowhere/model.gguf", 0, "none"))
            .BuildServiceProvider();
        var error = Assert.Throws<OptionsValidationException>(services.GetRequiredService<IChatClient>);
        Assert.Contains("KernelFoundryOptions.ModelPath is '/nowhere/model.gguf'", error.Message, StringComparison.Ordinal);
        Assert.Contains("KernelFoundryOptions.Threads is 0", error.Message, StringComparison.Ordinal);
        Assert.Contains("KernelFoundryOptions.ChatTemplate is 'none'", error.Message, StringComparison.Ordinal);
        using ServiceProvider empty = new ServiceCollection().AddKernelFoundry(_ => { }).BuildServiceProvider();
        Assert.Throws<OptionsValidationException>(empty.GetRequiredService<IChatClient>);
    }
}
