using System.Runtime.CompilerServices;
using KernelFoundry.Inference.Chat;
using KernelFoundry.Inference.Generation;
using KernelFoundry.Inference.Models;
using Microsoft.Extensions.AI;
using AIMessage = Microsoft.Extensions.AI.ChatMessage;

namespace KernelFoundry.Extensions.AI;

/// <summary>
/// A model as <see cref="IChatClient"/>. Requests take turns: the next one starts when the stream of the one before has ended or been
/// disposed of. Of a conversation that goes on, only what is new goes through the model.
/// </summary>
public sealed class KernelFoundryChatClient : IChatClient
{
    private readonly LanguageModel _model;
    private readonly ChatSettings _settings;
    private readonly ChatSession _session;
    private readonly RequestOptions _options;
    private readonly SemaphoreSlim _turn = new(1);
    private readonly ChatClientMetadata _metadata;

    /// <summary>Makes a client.</summary>
    /// <param name="model">The model; it must stay open as long as the client, and is not disposed of with it.</param>
    /// <param name="settings">What holds where a request says nothing else.</param>
    public KernelFoundryChatClient(LanguageModel model, ChatSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        _model = model;
        _settings = settings ?? new ChatSettings();
        _session = new ChatSession(model);
        _metadata = new ChatClientMetadata("kernelfoundry", providerUri: null, Path.GetFileNameWithoutExtension(model.Name));
        _options = new RequestOptions(this, model, _metadata.DefaultModelId!, new LastGrammar());
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">An option or a message cannot be honoured; the message names it.</exception>
    /// <exception cref="Inference.Templates.TemplateException">The model's template cannot write such a conversation.</exception>
    /// <exception cref="OperationCanceledException">The request was cancelled.</exception>
    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<AIMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">An option or a message cannot be honoured; the message names it.</exception>
    /// <exception cref="Inference.Templates.TemplateException">While enumerated: the model's template cannot write such a conversation.</exception>
    /// <exception cref="OperationCanceledException">While enumerated: the request was cancelled.</exception>
    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<AIMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ChatSettings settings = _options.Apply(_settings, options);
        return StreamAsync(RequestMessages.Convert(messages, options?.Instructions), settings, cancellationToken);
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        if (serviceKey is not null)
            return null;
        return new object[] { this, _metadata, _model }.FirstOrDefault(serviceType.IsInstanceOfType);
    }

    /// <summary>Frees the keys and values kept between requests.</summary>
    public void Dispose()
    {
        _session.Dispose();
        _turn.Dispose();
    }

    private async IAsyncEnumerable<ChatResponseUpdate> StreamAsync(
        IReadOnlyList<Inference.Chat.ChatMessage> messages,
        ChatSettings settings,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string id = Guid.NewGuid().ToString("N");
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await foreach (ChatAnswer answer in _session.AnswerAsync(messages, settings, cancellationToken).ConfigureAwait(false))
            {
                ChatResponseUpdate update = ResponseUpdates.Of(answer);
                (update.ResponseId, update.MessageId, update.ModelId) = (id, id, _metadata.DefaultModelId);
                if (answer.FinishReason == FinishReason.Cancelled)
                    cancellationToken.ThrowIfCancellationRequested();
                yield return update;
            }
        }
        finally
        {
            _turn.Release();
        }
    }
}
