namespace KernelFoundry.Inference.Decoding;

/// <summary>Makes rows of options that are settings of one record.</summary>
/// <param name="part">The record in a request.</param>
/// <param name="replace">A request with another one.</param>
internal sealed class OptionRows<TPart>(Func<DecodingRequest, TPart> part, Func<DecodingRequest, TPart, DecodingRequest> replace)
{
    public DecodingOption Row<T>(string name, OptionKind<T> kind, string value, string page, string description, Func<TPart, T> get, Func<TPart, T, TPart> set,
        string? flag = null, bool isFile = false, string? chat = null, string? notInChat = null, string? notInRequests = null)
        => new DecodingOption<T>(name, value, description, page, kind, request => get(part(request)), (request, x) => replace(request, set(part(request), x)))
        {
            Flag = flag ?? "--" + name.Replace('_', '-'), IsFile = isFile, ChatProperty = chat, NotInChat = notInChat, NotInRequests = notInRequests,
        };
}
