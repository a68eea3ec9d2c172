%% The io servers `user` and `standard_error`: OTP's io protocol over lam:write/2 and lam:read/1.
%%
%% Everything that the protocol asks for works but the terminal: no echo, no geometry, no shell.
%% Text is UTF-8 unless the encoding is set to latin1, where larger characters are written as
%% \x{...}. Input is read by the line, when it is asked for, and only by `user`.
-module(lam_user).
-export([start/0, init/2]).

-record(state, {
    port :: stdout | stderr,
    encoding = unicode :: unicode | latin1,
    binary = false :: boolean(),
    input = [] :: [char()],
    closed = false :: boolean()
}).

%% Starts both servers and returns the pid of `user`.
-spec start() -> pid().
start() ->
    _ = start(standard_error, stderr),
    start(user, stdout).

start(Name, Port) ->
    {Pid, Ref} = spawn_monitor(?MODULE, init, [Name, Port]),
    Pid ! {started, self(), Ref},
    receive
        {Ref, started} -> demonitor(Ref, [flush]), Pid;
        {'DOWN', Ref, process, Pid, Reason} -> exit(Reason)
    end.

%% The whole life of a server; a host may start it without start/0.
-spec init(atom(), stdout | stderr) -> no_return().
init(Name, Port) ->
    true = register(Name, self()),
    loop(#state{port = Port}).

loop(State) ->
    receive
        {io_request, From, ReplyAs, Request} ->
            {Reply, Next} = request(Request, State),
            From ! {io_reply, ReplyAs, Reply},
            loop(Next);
        {started, From, Ref} ->
            From ! {Ref, started},
            loop(State);
        _ ->
            loop(State)
    end.

request({put_chars, Encoding, Chars}, State) -> {put_chars(Encoding, Chars, State), State};
request({put_chars, Encoding, M, F, Args}, State) -> {put_result(Encoding, M, F, Args, State), State};
request({put_chars, Chars}, State) -> {put_chars(latin1, Chars, State), State};
request({put_chars, M, F, Args}, State) -> {put_result(latin1, M, F, Args, State), State};
request({get_line, Encoding, Prompt}, State) -> get_until(Encoding, Prompt, fun line/2, State);
request({get_line, Prompt}, State) -> request({get_line, latin1, Prompt}, State);
request({get_chars, Encoding, Prompt, N}, State) when is_integer(N), N >= 0 ->
    get_until(Encoding, Prompt, fun(Input, Closed) -> count(N, Input, Closed) end, State);
request({get_chars, Prompt, N}, State) -> request({get_chars, latin1, Prompt, N}, State);
request({get_until, Encoding, Prompt, M, F, Args}, State) -> get_term(Encoding, Prompt, {M, F, Args}, State);
request({get_until, Prompt, M, F, Args}, State) -> request({get_until, latin1, Prompt, M, F, Args}, State);
request({setopts, Options}, State) -> set_options(Options, State);
request(getopts, State) -> {[{binary, State#state.binary}, {encoding, State#state.encoding}], State};
request({requests, Requests}, State) -> requests(Requests, ok, State);
request({get_geometry, _}, State) -> {{error, enotsup}, State};
request(_, State) -> {{error, request}, State}.

%% One after the other up to the first that fails.
requests([Request | Rest], _, State) ->
    case request(Request, State) of
        {{error, _}, _} = Failed -> Failed;
        {Reply, Next} -> requests(Rest, Reply, Next)
    end;
requests([], Reply, State) -> {Reply, State}.

%%% Output.

put_result(Encoding, M, F, Args, State) ->
    try apply(M, F, Args) of
        Chars -> put_chars(Encoding, Chars, State)
    catch
        _:_ -> {error, {M, F, Args}}
    end.

put_chars(Encoding, Chars, #state{port = Port, encoding = Encoded}) ->
    try unicode:characters_to_binary(Chars, Encoding, unicode) of
        Text when is_binary(Text), Encoded =:= unicode -> lam:write(Port, Text);
        Text when is_binary(Text) -> lam:write(Port, latin1(Text));
        _ -> {error, {put_chars, Encoding, Chars}}
    catch
        error:_ -> {error, {put_chars, Encoding, Chars}}
    end.

latin1(Text) ->
    [case Char < 256 of
         true -> Char;
         false -> ["\\x{", integer_to_list(Char, 16), $}]
     end || <<Char/utf8>> <= Text].

%%% Input. A reader looks at what is there: {done, Result, Rest}, or `more`. The last argument says
%%% whether the input ends there.

line([], true) -> {done, eof, []};
line(Input, Closed) ->
    case lists:splitwith(fun(Char) -> Char =/= $\n end, Input) of
        {Line, [$\n | Rest]} -> {done, Line ++ "\n", Rest};
        {Line, []} when Closed -> {done, Line, []};
        {_, []} -> more
    end.

count(0, Input, _) -> {done, [], Input};
count(_, [], true) -> {done, eof, []};
count(N, Input, Closed) when length(Input) >= N; Closed ->
    {Now, Rest} = lists:split(min(N, length(Input)), Input),
    {done, Now, Rest};
count(_, _, _) -> more.

get_until(Encoding, Prompt, Reader, State) ->
    case prompt(Encoding, Prompt, State) of
        ok -> read(Reader, State);
        Error -> {Error, State}
    end.

read(Reader, #state{input = Input, closed = Closed} = State) ->
    case Reader(Input, Closed) of
        {done, Result, Rest} -> {result(Result, State), State#state{input = Rest}};
        more -> read(Reader, fill(State))
    end.

%% Appends the next line, or finds the end.
fill(#state{port = stderr} = State) -> State#state{closed = true};
fill(#state{input = Input} = State) ->
    case lam:read(stdin) of
        eof -> State#state{closed = true};
        Line -> State#state{input = Input ++ chars(Line, State)}
    end.

chars(Line, #state{encoding = latin1}) -> binary_to_list(Line);
chars(Line, _) ->
    case unicode:characters_to_list(Line) of
        Chars when is_list(Chars) -> Chars;
        _ -> binary_to_list(Line)
    end.

result(Chars, #state{binary = true}) when is_list(Chars) -> unicode:characters_to_binary(Chars);
result(Result, _) -> Result.

%% The reader of io:read, io:fread and the like: it is given the input piece by piece.
get_term(Encoding, Prompt, Reader, State) ->
    case prompt(Encoding, Prompt, State) of
        ok -> get_term(Reader, [], State);
        Error -> {Error, State}
    end.

get_term({M, F, Args} = Reader, Continuation, State0) ->
    State = case State0 of
                #state{input = [], closed = false} -> fill(State0);
                _ -> State0
            end,
    Input = case State of
                #state{input = [], closed = true} -> eof;
                _ -> State#state.input
            end,
    try apply(M, F, [Continuation, Input | Args]) of
        {done, Result, eof} -> {Result, State#state{input = []}};
        {done, Result, Rest} -> {Result, State#state{input = Rest}};
        {more, _} when Input =:= eof -> {eof, State};
        {more, Next} -> get_term(Reader, Next, State#state{input = []});
        _ -> {{error, F}, State}
    catch
        _:_ -> {{error, F}, State}
    end.

prompt(_, '', _) -> ok;
prompt(_, "", _) -> ok;
prompt(Encoding, Prompt, State) -> put_chars(unicode, io_lib:format_prompt(Prompt, Encoding), State).

%%% Options.

set_options(Options, State) when is_list(Options) ->
    try {ok, lists:foldl(fun set_option/2, State, Options)}
    catch throw:unknown -> {{error, enotsup}, State}
    end;
set_options(_, State) -> {{error, request}, State}.

set_option({encoding, Encoding}, State) when Encoding =:= unicode; Encoding =:= utf8 ->
    State#state{encoding = unicode};
set_option({encoding, latin1}, State) -> State#state{encoding = latin1};
set_option({binary, Binary}, State) when is_boolean(Binary) -> State#state{binary = Binary};
set_option(binary, State) -> State#state{binary = true};
set_option(list, State) -> State#state{binary = false};
set_option({echo, _}, State) -> State;
set_option({expand_fun, _}, State) -> State;
set_option(_, _) -> throw(unknown).
