%% The source of small.beam and packed.beam, which `erlc +deterministic +no_line_info small.erl`
%% made and `beam_lib:strip_files/1` stripped; packed.beam is gzipped.
-module(small).
-export([main/1]).

main([A | Rest]) when is_integer(A) ->
    F = fun(B) -> <<B/binary, "text", A>> end,
    {try element(A, Rest) catch error:R -> R end, F, #{"literal" => [1.5, Rest]}};
main(<<"prefix", Tail/binary>>) ->
    main([byte_size(Tail)]).
