using KernelFoundry.Inference.Chat;
using KernelFoundry.Inference.Models;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace KernelFoundry.Extensions.AI;

/// <summary>Adds a model to an application's services.</summary>
public static class KernelFoundryServices
{
    /// <summary>
    /// Adds a <see cref="Device"/>, a <see cref="LanguageModel"/>, an <see cref="IChatClient"/> and an embedding generator, one of each for the application. The
    /// model is opened when it is first asked for; wrong options are an <see cref="OptionsValidationException"/> then, or when the
    /// application starts if it validates options at its start.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets the options; at least <see cref="KernelFoundryOptions.ModelPath"/>.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddKernelFoundry(this IServiceCollection services, Action<KernelFoundryOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddOptions<KernelFoundryOptions>().Configure(configure).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<KernelFoundryOptions>, KernelFoundryOptionsValidator>());
        services.TryAddSingleton<Device>(OpenDevice);
        services.TryAddSingleton<LanguageModel>(OpenModel);
        services.TryAddSingleton<IChatClient>(CreateClient);
        services.TryAddSingleton<IEmbeddingGenerator<string, Embedding<float>>>(provider =>
            new KernelFoundryEmbeddingGenerator(provider.GetRequiredService<LanguageModel>(), Options(provider).Pooling));
        return services;
    }

    private static KernelFoundryOptions Options(IServiceProvider services) =>
        services.GetRequiredService<IOptions<KernelFoundryOptions>>().Value;

    private static Device OpenDevice(IServiceProvider services) =>
        Device.Open(new DeviceOptions { Kind = Options(services).Device, Threads = Options(services).Threads });

    private static LanguageModel OpenModel(IServiceProvider services) =>
        LanguageModel.Open(Options(services).ModelPath, services.GetRequiredService<Device>(), Options(services).Model);

    private static KernelFoundryChatClient CreateClient(IServiceProvider services)
    {
        KernelFoundryOptions options = Options(services);
        var model = services.GetRequiredService<LanguageModel>();
        ChatSettings settings = options.ChatTemplate is { } name
            ? options.Chat with { Template = NamedChatTemplates.Get(name, ChatTokens.Of(model.Tokenizer)) }
            : options.Chat;
        return new KernelFoundryChatClient(model, settings);
    }
}
