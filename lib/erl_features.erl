%% Language features: none can be enabled at run time, so the reserved words are the standard ones.
-module(erl_features).
-export([all/0, configurable/0, info/1, short/1, long/1, enabled/0, keywords/0, keywords/1]).
-export([keyword_fun/2, keyword_fun/4, used/1, format_error/1, format_error/2, load_allowed/1]).

-spec all() -> [].
all() -> [].

-spec configurable() -> [].
configurable() -> [].

-spec info(atom()) -> no_return().
info(Feature) -> error(invalid_feature, [Feature]).

-spec short(atom()) -> no_return().
short(Feature) -> error(invalid_feature, [Feature]).

-spec long(atom()) -> no_return().
long(Feature) -> error(invalid_feature, [Feature]).

-spec enabled() -> [].
enabled() -> [].

%% The words that enabled features reserve.
-spec keywords() -> [].
keywords() -> [].

-spec keywords(atom()) -> no_return().
keywords(Feature) -> error(invalid_feature, [Feature]).

%% The features that options enable, and the test of reserved words that they leave as it was.
-spec keyword_fun([term()], Test) -> {ok, {[], Test}} when Test :: fun((atom()) -> boolean()).
keyword_fun(_, Test) -> {ok, {[], Test}}.

-spec keyword_fun(enable | disable, atom(), [], fun((atom()) -> boolean())) -> {error, {module(), term()}}.
keyword_fun(_, Feature, _, _) -> {error, {?MODULE, {invalid_features, [Feature]}}}.

-spec used(module() | string()) -> not_found.
used(_) -> not_found.

-spec format_error(term()) -> io_lib:chars().
format_error({invalid_features, Features}) -> io_lib:format("there is no feature ~tw", [Features]);
format_error({?MODULE, Reason}) -> format_error(Reason);
format_error(Reason) -> io_lib:format("~tp", [Reason]).

-spec format_error(term(), term()) -> #{}.
format_error(_, _) -> #{}.

-spec load_allowed(binary()) -> ok.
load_allowed(_) -> ok.
